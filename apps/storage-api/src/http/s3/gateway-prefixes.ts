const MOUNT = '/storage/v1';

/**
 * What a gateway in front of us may have cut off the path that a client signed: our usual mount, and the path of the public URL.
 * Nothing that a request says about itself is one: a signature for one path must not open another.
 */
export function gatewayPrefixes(publicUrl: string | undefined): readonly string[] {
  const path = publicUrl === undefined ? '' : new URL(publicUrl).pathname.replace(/\/+$/, '').replace(/\/storage\/v1$/, '');
  return path === '' ? [MOUNT] : [MOUNT, path, `${path}${MOUNT}`];
}
