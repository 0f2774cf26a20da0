/** Conferences at the busiest time. */
export interface Conferences {
  /** How many take place at once. */
  readonly calls: number;
  /** In each of them. */
  readonly participants: number;
}

/** What the conferencing servers take in and send out, in bits per second. */
export interface ConferencingTraffic {
  readonly inBitsPerSec: number;
  readonly outBitsPerSec: number;
}

const audioBitsPerSec = 50_000;
const videoBitsPerSec = 350_000;
const maxAudioStreamsOut = 5;
const maxVideoStreamsOut = 9;

/**
 * The most that conferences need, seen from the servers: from each participant one audio and one video stream, to each
 * participant the audio of up to five and the video of up to nine others.
 * Source: the deployment overview, "Conferencing bandwidth".
 */
export function conferencingTraffic({ calls, participants }: Conferences): ConferencingTraffic {
  const audioOut = Math.min(maxAudioStreamsOut, participants) * audioBitsPerSec;
  const videoOut = Math.min(maxVideoStreamsOut, participants - 1) * videoBitsPerSec;
  const each = calls * participants;
  return {
    inBitsPerSec: each * (audioBitsPerSec + videoBitsPerSec),
    outBitsPerSec: each * (audioOut + videoOut),
  };
}
