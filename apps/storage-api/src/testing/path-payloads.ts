/** A name that has led servers out of their directory, or to another file than was meant. */
export interface PathPayload {
  readonly name: string;
  /** As it stands in a URL, byte for byte. */
  readonly raw: string;
  /** The same as a text: what a server that decodes once would read. */
  readonly text: string;
}

/** `target` is the name of a file beside the directory of the store, `absolute` its path. */
export function pathPayloads(target: string, absolute: string): readonly PathPayload[] {
  const rows: Readonly<Record<string, string>> = {
    'dot-dot': `../${target}`,
    'two dot-dots': `../../${target}`,
    'ten dot-dots': `${'../'.repeat(10)}${target}`,
    'only dot-dot': '..',
    'dot-dot with a slash': '../',
    'only dot': '.',
    'dot in front': './a.txt',
    'dot-dot in between': 'x/../a.txt',
    'dot-dot in between and out': `x/../../${target}`,
    'dots and slashes in between': `x/.//../../${target}`,
    'slash twice': `x//../${target}`,
    'dot-dot at the end': 'x/..',
    'encoded slash': `..%2f${target}`,
    'encoded dots': `%2e%2e/${target}`,
    'all encoded': `%2e%2e%2f${target}`,
    'all encoded in capitals': `%2E%2E%2F${target}`,
    'one dot encoded': `.%2e/${target}`,
    'the other dot encoded': `%2e./${target}`,
    'encoded dot alone': '%2e',
    'encoded dot-dot alone': '%2e%2e',
    'encoded twice': `%252e%252e%252f${target}`,
    'slash encoded twice': `..%252f${target}`,
    'encoded three times': `%25252e%25252e%25252f${target}`,
    'parameter in a segment': `..;/${target}`,
    'parameter with a value': `..;x=1/${target}`,
    'encoded parameter': `%2e%2e%3b/${target}`,
    backslash: `..\\${target}`,
    'encoded backslash': `..%5c${target}`,
    'all encoded with a backslash': `%2e%2e%5c${target}`,
    'both slashes': `..%5c..%2f${target}`,
    'overlong dots': `%c0%ae%c0%ae/${target}`,
    'overlong dots and slash': `%c0%ae%c0%ae%c0%af${target}`,
    'overlong dots of three bytes': `%e0%80%ae%e0%80%ae/${target}`,
    'overlong dots of four bytes': `%f0%80%80%ae%f0%80%80%ae/${target}`,
    'overlong backslash': `..%c1%9c${target}`,
    'half of an overlong dot': `%c0%2e%c0%2e/${target}`,
    'dots as %u': `%uff0e%uff0e%u2215${target}`,
    'wide dots': `%ef%bc%8e%ef%bc%8e/${target}`,
    'leader dots': `%e2%80%a4%e2%80%a4/${target}`,
    'two-dot leader': `%e2%80%a5/${target}`,
    'division slash': `..%e2%88%95${target}`,
    'wide slash': `..%ef%bc%8f${target}`,
    'fraction slash': `..%e2%81%84${target}`,
    'null behind the name': 'a.txt%00',
    'null before another ending': 'a.txt%00.png',
    'null alone': '%00',
    'null in dot-dot': `..%00/${target}`,
    'null behind a way out': `../${target}%00.png`,
    absolute: absolute,
    'absolute, encoded': encodeURIComponent(absolute),
    'absolute with two slashes': `/${absolute}`,
    'absolute of the system': '%2fetc%2fpasswd',
    'URL of a file': `file://${absolute}`,
    'URL of a file, encoded': encodeURIComponent(`file://${absolute}`),
    'four dots': `....//${target}`,
    'dots that are left when dot-dot is cut out': `..././${target}`,
    'drive of Windows': 'C:%5cWindows%5cwin.ini',
    'drive with a slash': 'C:/Windows/win.ini',
    'share of Windows': '%5c%5chost%5cshare%5cx',
    'device CON': 'CON',
    'device NUL with an ending': 'NUL.txt',
    'other stream of a file': 'a.txt::$DATA',
    'dot at the end': 'a.txt.',
    'space at the end': 'a.txt%20',
    'slash at the end': 'a.txt/',
    capitals: 'A.TXT',
    'line break': 'a%0d%0aX-Injected:%201',
    'line feed': 'a%0aX-Injected:%201',
    tab: 'a%09b',
    delete: 'a%7fb',
    'broken escape': '%zz',
    'half an escape': 'a%2',
    'not UTF-8': '%c3%28',
    'half a surrogate': '%ed%a0%80',
    'from right to left': '%e2%80%aegnp.txt',
    'name of a home': '~root/x',
    'variable of a shell': '$HOME/x',
    'command of a shell': '`id`;$(id)|x',
    'a segment of 300': 'x'.repeat(300),
    'a key of 1,025': 'x'.repeat(1025),
    '300 levels': 'd/'.repeat(300),
    '300 levels up': `${'../'.repeat(300)}${target}`,
    'question mark': 'a.txt%3ftoken=x',
    hash: 'a.txt%23x',
  };
  return Object.entries(rows).map(([name, raw]) => ({ name, raw, text: decodeOnce(raw) }));
}

function decodeOnce(raw: string): string {
  try {
    return decodeURIComponent(raw);
  } catch {
    return Buffer.from(
      raw.replaceAll(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
      'latin1',
    ).toString('utf8');
  }
}
