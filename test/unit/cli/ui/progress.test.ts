import { describe, expect, it } from '@jest/globals';
import {
  ProgressMeter,
  bytesText,
  durationText,
  progressText,
} from '../../../../cli/ui/progress.js';

describe('a progress meter', () => {
  it('knows rate and time left from what went by', () => {
    const meter = new ProgressMeter();
    meter.read({ doneBytes: 0, totalBytes: 10_000 }, 0);
    const reading = meter.read({ doneBytes: 2_000, totalBytes: 10_000 }, 1_000);
    expect(reading).toEqual({
      doneBytes: 2_000,
      totalBytes: 10_000,
      bytesPerSec: 2_000,
      etaSec: 4,
    });
  });

  it('never goes backwards when a download starts anew', () => {
    const meter = new ProgressMeter();
    meter.read({ doneBytes: 500, totalBytes: 1_000 }, 0);
    expect(meter.read({ doneBytes: 0, totalBytes: 1_000 }, 1_000).doneBytes).toBe(500);
  });

  it('never says more than everything', () => {
    const meter = new ProgressMeter();
    expect(meter.read({ doneBytes: 1_200, totalBytes: 1_000 }, 0).doneBytes).toBe(1_000);
  });

  it('shows a stall within its window', () => {
    const meter = new ProgressMeter();
    for (let second = 0; second <= 10; second++)
      meter.read({ doneBytes: second * 1_000, totalBytes: 100_000 }, second * 1_000);
    let reading = meter.read({ doneBytes: 10_000, totalBytes: 100_000 }, 11_000);
    for (let second = 12; second <= 30; second++)
      reading = meter.read({ doneBytes: 10_000, totalBytes: 100_000 }, second * 1_000);
    expect(reading).toMatchObject({ bytesPerSec: 0, etaSec: undefined });
  });
});

describe('progress as a person reads it', () => {
  it('names bytes, share, rate and time left', () => {
    const reading = { doneBytes: 12_300_000, totalBytes: 40_000_000, bytesPerSec: 4_100_000 };
    expect(progressText({ ...reading, etaSec: 7 })).toBe(
      '12.3 MB of 40.0 MB (30 %), 4.1 MB/s, 7.0 s left',
    );
    expect(progressText({ ...reading, etaSec: undefined })).toBe(
      '12.3 MB of 40.0 MB (30 %), 4.1 MB/s',
    );
  });

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 kB'],
    [4_000_000_000, '4.0 GB'],
  ])('writes %d bytes as %s', (bytes, text) => {
    expect(bytesText(bytes)).toBe(text);
  });

  it.each([
    [420, '0.4 s'],
    [12_400, '12 s'],
    [200_000, '3 min 20 s'],
    [7_500_000, '2 h 5 min'],
  ])('writes %d ms as %s', (durationMs, text) => {
    expect(durationText(durationMs)).toBe(text);
  });
});
