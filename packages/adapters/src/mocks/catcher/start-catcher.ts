import { startLoopbackServer } from '../loopback-server.ts';
import { handleCatcher } from './catcher-routes.ts';
import { createCatch, type Catch } from './catch.ts';

export interface CatcherOptions {
  /** 0: any. */
  readonly port: number;
  /** Key of the signatures; null: they are not checked. */
  readonly secret: string | null;
}

export interface RunningCatcher {
  /** Where the page is. */
  readonly url: string;
  /** Where webhooks are sent; more words may follow. */
  readonly hookUrl: string;
  readonly caught: Catch;
  stop(): Promise<void>;
}

/** Takes whatever is sent to `/hooks`, checks our signature, and shows it on a page and as JSON. */
export async function startCatcher({ port, secret }: CatcherOptions): Promise<RunningCatcher> {
  const caught = createCatch(secret);
  const web = await startLoopbackServer(port, (request, response) => handleCatcher(caught, request, response));
  return { url: web.url, hookUrl: `${web.url}/hooks`, caught, stop: () => web.stop() };
}
