import { access } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { InitOptions } from '@supastor/adapters/config-files/init-project';
import { CONFIG_FIELDS_BY_PATH } from '@supastor/contract/config/fields';
import { CONFIG_FILE_NAME } from '@supastor/contract/config/schema';
import { projectNameFrom, PORT_NAMES, type PortName } from '@supastor/core/config/starter';
import { openPrompt, type Prompt } from '../../prompt.ts';

/** Asks for the project's name, ports and administrator; nothing when the file that would hold them is kept. @throws SJ_INTERRUPTED */
export async function askAnswers(options: InitOptions, signal: AbortSignal): Promise<Partial<InitOptions>> {
  const exists = await access(join(options.projectDir, CONFIG_FILE_NAME)).then(
    () => true,
    () => false,
  );
  if (exists && options.force !== true) return {};
  const prompt = openPrompt(signal);
  try {
    const name = options.name ?? (await askField(prompt, 'project.name', 'Project name', projectNameFrom(basename(options.projectDir))));
    const ports = await askPorts(prompt);
    const adminEmail = await askField(prompt, 'admin.email', 'E-mail of the administrator', 'admin@localhost.local');
    return { name, ports, adminEmail };
  } finally {
    prompt.close();
  }
}

/** The ports that differ from the defaults. */
async function askPorts(prompt: Prompt): Promise<Partial<Record<PortName, number>>> {
  const ports: Partial<Record<PortName, number>> = {};
  for (const port of PORT_NAMES) {
    const fallback = JSON.stringify(CONFIG_FIELDS_BY_PATH.get(`${port}.port`)?.defaultValue ?? 0);
    const answer = await askField(prompt, `${port}.port`, `Port of ${port}`, fallback);
    if (answer !== fallback) ports[port] = Number(answer);
  }
  return ports;
}

/** Asks until the answer is a valid value of that setting. */
function askField(prompt: Prompt, path: string, question: string, fallback: string): Promise<string> {
  const schema = CONFIG_FIELDS_BY_PATH.get(path)?.schema;
  return prompt.askUntil(question, fallback, (answer) => schema?.safeParse(answer).error?.issues[0]?.message ?? null);
}
