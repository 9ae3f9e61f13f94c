import { formatProvenance, formatShown, selectProvenance } from '@supastor/core/config/explain';
import { formatSource } from '@supastor/core/config/provenance';
import type { ProvenanceEntry } from '@supastor/core/config/source';
import type { CliContext } from '../../context.ts';
import { formatTable } from '../../output/table.ts';
import { loadConfig } from './load.ts';

/** Prints where the settings at or below `path` came from. Secrets are always masked. */
export async function explainConfig(context: CliContext, path: string): Promise<void> {
  const { environment, provenance } = await loadConfig(context);
  const settings = selectProvenance(provenance, path);
  context.output.result({ environment, settings }, (value) => {
    const [only, ...more] = value.settings;
    return only && more.length === 0
      ? formatProvenance(only)
      : formatTable([['SETTING', 'VALUE', 'FROM', 'OVERRODE'], ...value.settings.map(row)]);
  });
}

function row({ path, shown, source, overrode }: ProvenanceEntry): readonly string[] {
  const lost = overrode.map((entry) => `${formatShown(entry.shown)} (${formatSource(entry.source)})`);
  return [path, formatShown(shown), formatSource(source), lost.join(', ')];
}
