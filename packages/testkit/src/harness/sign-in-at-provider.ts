const MOST_STEPS = 20;

/**
 * Signs `login` in at our mock provider as a browser would: follows its redirects, picks the user on its page, and answers the query
 * with which it leads back to the site.
 */
export async function signInAtProvider(start: string, { site, login }: { readonly site: string; readonly login: string }): Promise<string> {
  const cookies = new Map<string, string>();
  let [url, form]: [string, URLSearchParams | null] = [start, null];
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer: Response = await fetch(url, { redirect: 'manual', headers: { cookie }, ...(form && { method: 'POST', body: form }) });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const location = answer.headers.get('location');
    const text = await answer.text();
    if (location === null) {
      if (form !== null || !text.includes('name="login"'))
        throw new Error(`the provider answered ${answer.status}: ${text.slice(0, 2000)}`);
      form = new URLSearchParams({ login });
    } else {
      [url, form] = [new URL(location, url).href, null];
      if (url.startsWith(`${site}/`)) return new URL(url).search.slice(1);
    }
  }
  throw new Error('the provider led in circles');
}
