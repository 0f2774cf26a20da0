/** The ways a result can be printed; `table` is for people, the others carry a `schemaVersion`. */
export const resultFormats = ['table', 'json', 'yaml'] as const;

export type ResultFormat = (typeof resultFormats)[number];

/** What a command found: the same facts for a program and for a person. */
export interface Result {
  readonly document: { readonly schemaVersion: number } & Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** A result as it goes to standard output. */
export async function resultText(result: Result, format: ResultFormat): Promise<string> {
  switch (format) {
    case 'table':
      return `${result.text}\n`;
    case 'json':
      return `${JSON.stringify(result.document, null, 2)}\n`;
    case 'yaml':
      return (await import('../input/yaml-document.js')).toYaml(result.document);
  }
}

/** Rows in columns as wide as their widest cell, two spaces apart. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, cell.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
