import { access } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { InitOptions } from '@supastor/adapters/config-files/init-project';
import { CONFIG_FIELDS_BY_PATH } from '@supastor/contract/config/fields';
import { CONFIG_FILE_NAME } from '@supastor/contract/config/schema';
import { projectNameFrom, PORT_NAMES, type PortName } from '@supastor/core/config/starter';
import { askUntil } from '../../prompt.ts';

/** Asks for the project's name, ports and administrator; nothing when the file that would hold them is kept. @throws SJ_INTERRUPTED */
export async function askAnswers(options: InitOptions, signal: AbortSignal): Promise<Partial<InitOptions>> {
  const exists = await access(join(options.projectDir, CONFIG_FILE_NAME)).then(
    () => true,
    () => false,
  );
  if (exists && options.force !== true) return {};
  const name = options.name ?? (await askField('project.name', 'Project name', projectNameFrom(basename(options.projectDir)), signal));
  const ports: Partial<Record<PortName, number>> = {};
  for (const port of PORT_NAMES) {
    const fallback = JSON.stringify(CONFIG_FIELDS_BY_PATH.get(`${port}.port`)?.defaultValue ?? 0);
    const answer = await askField(`${port}.port`, `Port of ${port}`, fallback, signal);
    if (answer !== fallback) ports[port] = Number(answer);
  }
  const adminEmail = await askField('admin.email', 'E-mail of the administrator', 'admin@localhost.local', signal);
  return { name, ports, adminEmail };
}

/** Asks until the answer is a valid value of that setting. */
function askField(path: string, question: string, fallback: string, signal: AbortSignal): Promise<string> {
  const schema = CONFIG_FIELDS_BY_PATH.get(path)?.schema;
  const check = (answer: string) => schema?.safeParse(answer).error?.issues[0]?.message ?? null;
  return askUntil(question, fallback, check, signal);
}
