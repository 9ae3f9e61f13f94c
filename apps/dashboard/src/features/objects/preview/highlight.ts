import { common, createLowlight } from 'lowlight';
import type { CodeNode } from './code-view.tsx';

const lowlight = createLowlight(common);

/** The code as text and spans with the classes of highlight.js; null when the language is not known. */
export function highlight(code: string, language: string): readonly CodeNode[] | null {
  if (!lowlight.registered(language)) return null;
  return toNodes(lowlight.highlight(language, code).children);
}

type Children = ReturnType<typeof lowlight.highlight>['children'];

function toNodes(children: Children): CodeNode[] {
  return children.flatMap((child): CodeNode[] => {
    if (child.type === 'text') return [child.value];
    if (child.type !== 'element') return [];
    const { className } = child.properties;
    return [{ className: Array.isArray(className) ? className.join(' ') : '', children: toNodes(child.children) }];
  });
}
