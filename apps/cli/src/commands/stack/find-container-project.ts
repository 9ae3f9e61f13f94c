import { loadProjectConfig } from '@supastor/adapters/config-files/load-project-config';
import { SupastorError } from '@supastor/contract/errors';
import type { LoadedConfig } from '@supastor/core/config/source';
import type { CliContext } from '../../context.ts';
import { loadOptions, type ModeFlags } from './open-stack.ts';

/** The project's configuration when its services are containers; null when they are not, or it cannot be read. */
export async function findContainerProject(context: CliContext, flags: ModeFlags = {}): Promise<LoadedConfig | null> {
  try {
    const loaded = await loadProjectConfig(loadOptions(context, flags));
    return loaded.config.project.target === 'docker' ? loaded : null;
  } catch (error) {
    // Whoever opens the stack next says what is wrong with it.
    if (error instanceof SupastorError && error.code.startsWith('SJ_')) return null;
    throw error;
  }
}
