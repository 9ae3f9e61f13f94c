import type { Webhook } from '@supastor/contract/wire/webhook';
import type { Messages } from '../../messages/messages.ts';

/** A target as the form holds it: text fields are never null. */
export interface TargetDraft {
  readonly name: string;
  readonly url: string;
  readonly events: Webhook['events'];
  readonly bucket: string;
  readonly prefix: string;
  /** Empty: as it is. */
  readonly bearer: string;
}

export function draftOf(target: Webhook | undefined): TargetDraft {
  if (target === undefined) return { name: '', url: '', events: [], bucket: '', prefix: '', bearer: '' };
  const { name, url, events, bucket, prefix } = target;
  return { name, url, events, bucket: bucket ?? '', prefix, bearer: '' };
}

export function isEvent(events: TargetDraft['events'], event: TargetDraft['events'][number]): boolean {
  return events.includes(event);
}

/** What is wrong, by field; the server checks all of it again. */
export function problemsOf(
  t: Messages['webhooks']['problems'],
  { name, url }: TargetDraft,
): { readonly name?: string; readonly url?: string } {
  const parsed = URL.parse(url.trim());
  const isWeb = parsed !== null && (parsed.protocol === 'https:' || parsed.protocol === 'http:');
  return {
    ...(name.trim() === '' && { name: t.name }),
    ...(!isWeb && { url: t.url }),
    ...(isWeb && parsed.username + parsed.password !== '' && { url: t.login }),
  };
}

/** The draft as the operations take it. */
export function toInput({ name, url, events, bucket, prefix, bearer }: TargetDraft) {
  return {
    name: name.trim(),
    url: url.trim(),
    events,
    bucket: bucket.trim() === '' ? null : bucket.trim(),
    prefix,
    ...(bearer !== '' && { bearer }),
  };
}
