/** One paragraph of a Debian control file: its fields in order, each with its continuation lines. */
export type Paragraph = ReadonlyMap<string, string>;

/** The name of a field and what stands on its first line. Source: Debian Policy 5.1. */
const fieldPattern = /^([!-9;-~]+):[ \t]*(.*)$/;

/**
 * The paragraphs of a Debian control text; a field that is there twice or a line that is no field gives
 * `undefined` instead, for the caller to say what was wrong with which file.
 */
export function parseControl(text: string): Paragraph[] | undefined {
  const paragraphs: Map<string, string>[] = [];
  let open: Map<string, string> | undefined;
  let last: string | undefined;
  for (const line of text.split('\n')) {
    if (line.trim() === '') {
      open = last = undefined;
      continue;
    }
    if (open === undefined) paragraphs.push((open = new Map<string, string>()));
    const more = line.startsWith(' ') || line.startsWith('\t');
    const [, name, value = ''] = (more ? null : fieldPattern.exec(line)) ?? [];
    if (more && last !== undefined) open.set(last, `${open.get(last) ?? ''}\n${line}`);
    else if (name !== undefined && !open.has(name)) open.set((last = name), value);
    else return undefined;
  }
  return paragraphs;
}

/** A paragraph as text, with its end of line. */
export function formatParagraph(paragraph: Iterable<readonly [string, string]>): string {
  return [...paragraph]
    .map(
      ([name, value]) => `${name}:${value === '' || value.startsWith('\n') ? '' : ' '}${value}\n`,
    )
    .join('');
}
