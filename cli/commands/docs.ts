import { Command } from 'commander';
import type { Context } from '../context.js';
import { WireOfflineError } from '../errors.js';
import { listPages, readPage } from '../docs/pages.js';
import { table } from '../ui/result.js';

const exampleText = `
Examples:
  wire-offline docs                 the topics
  wire-offline docs configuration   one page
  wire-offline docs errors | less`;

/** `docs [TOPIC]`: the pages of `docs/`, readable where there is no network. */
export function docsCommand(context: Context): Command {
  return new Command('docs')
    .description('read the documentation, offline')
    .argument('[topic]', 'the page to print; without one, the list of pages')
    .addHelpText('after', exampleText)
    .action(async (topic: string | undefined) => {
      const pages = await listPages();
      if (topic === undefined) {
        const rows = pages.map(({ name, title }) => [name, title]);
        context.stdout.write(`${table([['TOPIC', 'WHAT IT TELLS'], ...rows])}\n`);
        return;
      }
      const page = pages.find(({ name }) => name === topic);
      if (page === undefined) throw await unknownTopic(topic, pages);
      context.stdout.write(await readPage(page));
    });
}

async function unknownTopic(
  topic: string,
  pages: readonly { readonly name: string }[],
): Promise<WireOfflineError> {
  const { oneOf, show } = await import('../input/issues.js');
  const { closest } = await import('../input/closest.js');
  const names = pages.map(({ name }) => name);
  return new WireOfflineError('TOPIC_UNKNOWN', {
    message: `documentation topic: expected ${oneOf(names, topic)}, got ${show(topic)}`,
    hint: `type: wire-offline docs${` ${closest(topic, names) ?? ''}`.trimEnd()}`,
  });
}
