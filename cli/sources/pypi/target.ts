import type { WheelName } from './names.js';

/** The Python and the machine that wheels are to run on. */
export interface Target {
  /** CPython, all three numbers: conditions on dependencies may ask for each. */
  readonly python: string;
  /** `manylinux_2_36_x86_64`: the libc and the machine. */
  readonly platform: string;
}

/** Names for some versions of glibc from before they had a rule. Source: PEP 600, "Legacy manylinux tags". */
const legacy = new Map([
  ['2_17', 'manylinux2014'],
  ['2_12', 'manylinux2010'],
  ['2_5', 'manylinux1'],
]);

/** Every platform whose wheels run on the target, the nearest first. Source: PEP 600; PEP 656 for musl. */
export function platformsOf({ platform }: Target): readonly string[] {
  const said = /^(?<libc>many|musl)linux_(?<major>[0-9]+)_(?<minor>[0-9]+)_(?<machine>\w+)$/.exec(
    platform,
  );
  const { libc = '', major = '', minor = '', machine = '' } = said?.groups ?? {};
  const minors = Array.from({ length: Number(minor) + 1 }, (_, at) => Number(minor) - at);
  // No tag names a glibc older than 2.5.
  const oldest = libc === 'many' ? 5 : 0;
  return minors
    .filter((one) => one >= oldest)
    .flatMap((one) => {
      const tag = `${libc}linux_${major}_${String(one)}_${machine}`;
      const old = libc === 'many' ? legacy.get(`${major}_${String(one)}`) : undefined;
      return old === undefined ? [tag] : [tag, `${old}_${machine}`];
    });
}

/** Whether a wheel runs on the target. Source: Python packaging specifications, "Platform compatibility tags". */
export function isFor(wheel: WheelName, target: Target): boolean {
  const { nodot, olderMinors } = numbers(target);
  const own = `cp${nodot}`;
  const platforms = new Set(['any', ...platformsOf(target)]);
  const pure = ['py3', `py${nodot}`, ...olderMinors.map((minor) => `py3${minor}`)];
  const stable = olderMinors.map((minor) => `cp3${minor}`);
  const has = (list: readonly string[], ...wanted: readonly string[]) =>
    list.some((one) => wanted.includes(one));
  const fitsPython =
    (has(wheel.python, own) && has(wheel.abi, own, 'abi3', 'none')) ||
    (has(wheel.python, ...stable) && has(wheel.abi, 'abi3')) ||
    (has(wheel.python, ...pure) && has(wheel.abi, 'none'));
  return fitsPython && wheel.platform.some((one) => platforms.has(one));
}

/** What conditions on dependencies are asked against. Source: Python packaging specifications, "Environment markers". */
export function markersOf(target: Target): Readonly<Record<string, string>> {
  const { python, platform } = target;
  return {
    implementation_name: 'cpython',
    implementation_version: python,
    os_name: 'posix',
    platform_machine: /(?:x86_64|aarch64)$/.exec(platform)?.[0] ?? '',
    platform_python_implementation: 'CPython',
    platform_release: '',
    platform_system: 'Linux',
    platform_version: '',
    python_full_version: python,
    python_version: python.split('.').slice(0, 2).join('.'),
    sys_platform: 'linux',
  };
}

/** pip's words for the target. */
export function targetWords(target: Target): readonly string[] {
  const { nodot } = numbers(target);
  return [
    ...['--implementation', 'cp', '--python-version', target.python],
    ...[`cp${nodot}`, 'abi3', 'none'].flatMap((abi) => ['--abi', abi]),
    ...platformsOf(target).flatMap((platform) => ['--platform', platform]),
  ];
}

function numbers({ python }: Target) {
  const minor = Number(python.split('.')[1]);
  const olderMinors = Array.from({ length: minor }, (_, at) => String(at));
  return { nodot: `3${String(minor)}`, olderMinors };
}
