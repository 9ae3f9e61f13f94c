import { type DispatcherOptions, WebhookDispatcher, type WebhookSettings } from './dispatcher.ts';
import { setEnvironmentTarget, setPurgeTarget } from './webhook-queries.ts';

type Deps = Omit<DispatcherOptions, keyof WebhookSettings> & {
  /** Objects that change are purged from the cache in front. */
  readonly purgesChanges: boolean;
};

/** Writes the target of the environment into the table and starts sending; nothing without settings. */
export async function startWebhooks(
  settings: WebhookSettings | undefined,
  { purgesChanges, ...deps }: Deps,
): Promise<WebhookDispatcher | undefined> {
  if (settings === undefined) return undefined;
  await deps.database.transact({ steps: [setEnvironmentTarget(settings.target), setPurgeTarget(purgesChanges)] });
  const dispatcher = new WebhookDispatcher({ ...deps, ...settings });
  dispatcher.start();
  return dispatcher;
}
