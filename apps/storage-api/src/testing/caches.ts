import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findFreePort } from '@supastor/testkit/harness/free-port';
import { createTempDir } from '@supastor/testkit/harness/temp-dir';

export const NGINX = '/usr/sbin/nginx';
export const VARNISH = '/usr/sbin/varnishd';

export interface RealCache {
  readonly url: string;
  stop(): Promise<void>;
}

/** A real nginx in front of a server, as it comes; what docs/guides/cdn.md says. */
export async function startNginx(upstream: string): Promise<RealCache> {
  const dir = await createTempDir('nginx');
  const port = await findFreePort();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${dir.path}/${name};`).join(' ');
  const config = `daemon off; master_process off; pid ${dir.path}/nginx.pid; error_log ${dir.path}/error.log;
    events {}
    http {
      access_log off; ${temporary}
      proxy_cache_path ${dir.path}/cache levels=1:2 keys_zone=objects:1m;
      proxy_cache objects;
      proxy_cache_key $uri;
      proxy_http_version 1.1;
      server {
        listen 127.0.0.1:${port};
        location / {
          error_page 418 = /.purge$uri;
          if ($request_method = PURGE) { return 418; }
          proxy_pass ${upstream};
          add_header x-cache $upstream_cache_status always;
        }
        location /.purge/ {
          internal;
          allow 127.0.0.1;
          deny all;
          rewrite ^/.purge(/.*)$ $1 break;
          proxy_pass ${upstream};
          proxy_cache_bypass 1;
          proxy_ignore_headers Cache-Control Expires;
          proxy_cache_valid any 1s;
        }
      }
    }`;
  await mkdir(join(dir.path, 'cache'));
  await writeFile(join(dir.path, 'nginx.conf'), config);
  const child = spawn(NGINX, ['-p', dir.path, '-e', join(dir.path, 'error.log'), '-c', join(dir.path, 'nginx.conf')], { stdio: 'ignore' });
  return ready(child, `http://127.0.0.1:${port}`, () => dir.remove());
}

/** A real Varnish in front of a server; what docs/guides/cdn.md says. */
export async function startVarnish(upstream: string): Promise<RealCache> {
  const dir = await createTempDir('varnish');
  const port = await findFreePort();
  const { hostname, port: upstreamPort } = new URL(upstream);
  const vcl = `vcl 4.1;
    backend default { .host = "${hostname}"; .port = "${upstreamPort}"; }
    acl storage { "127.0.0.1"; }
    sub vcl_recv {
      if (req.method == "BAN") {
        if (client.ip !~ storage) { return (synth(403)); }
        ban("obj.http.Surrogate-Key ~ " + req.http.X-Supastor-Tag);
        return (synth(200));
      }
    }
    sub vcl_deliver {
      set resp.http.X-Cache = "MISS";
      if (obj.hits > 0) { set resp.http.X-Cache = "HIT"; }
      unset resp.http.Surrogate-Key;
    }`;
  await writeFile(join(dir.path, 'default.vcl'), vcl);
  const args = [
    '-j',
    'none',
    '-F',
    '-a',
    `127.0.0.1:${port}`,
    '-f',
    join(dir.path, 'default.vcl'),
    '-n',
    join(dir.path, 'work'),
    '-s',
    'malloc,16m',
  ];
  const child = spawn(VARNISH, args, { stdio: 'ignore' });
  return ready(child, `http://127.0.0.1:${port}`, () => dir.remove());
}

async function ready(child: ChildProcess, url: string, remove: () => Promise<void>): Promise<RealCache> {
  const deadlineMs = Date.now() + 60_000;
  for (;;) {
    const answers = await fetch(`${url}/status`).then(
      () => true,
      () => false,
    );
    if (answers) break;
    if (child.exitCode !== null || Date.now() > deadlineMs) throw new Error(`the cache did not start: exit code ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url,
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
      await remove();
    },
  };
}
