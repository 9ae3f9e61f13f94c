const SIGNED_PATH = '/object/upload/sign/';

export interface ResumableDoor {
  /** Where uploads in parts begin. */
  readonly endpoint: string;
  readonly token: string;
}

/** The door for uploads in parts that belongs to a signed upload URL, on the same server and with the same token. */
export function resumableDoor(signedUrl: string): ResumableDoor {
  const url = new URL(signedUrl);
  const at = url.pathname.indexOf(SIGNED_PATH);
  if (at === -1) throw new Error('The upload address is not one of storage.');
  return { endpoint: `${url.origin}${url.pathname.slice(0, at)}/upload/resumable/sign`, token: url.searchParams.get('token') ?? '' };
}
