import Box from '@mui/material/Box';
import Markdown, { type Components } from 'react-markdown';
import { MONO } from '../../../ui/fonts.ts';
import { useMessages } from '../../../messages/locale-provider.tsx';

/** Pictures would be loaded from wherever the text says: their words stand for them. Links open elsewhere and are told nothing. */
const COMPONENTS: Components = {
  img: ({ alt }) => <NotedPicture alt={alt} />,
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noreferrer noopener">
      {children}
    </a>
  ),
};

/** A Markdown text as a document. HTML in it is shown as text, and addresses other than web and mail lead nowhere. */
export function MarkdownView({ text }: { readonly text: string }) {
  return (
    <Box
      sx={{
        p: 5,
        fontSize: 14,
        lineHeight: 1.6,
        overflowWrap: 'anywhere',
        '& > :first-of-type': { mt: 0 },
        '& h1': { fontSize: 20 },
        '& h2': { fontSize: 16 },
        '& h3, & h4, & h5, & h6': { fontSize: 14 },
        '& a': { color: 'primary.main' },
        '& code': { fontFamily: MONO, fontSize: 12, bgcolor: 'action.hover', px: 1, borderRadius: 0.5 },
        '& pre': { p: 3, overflowX: 'auto', bgcolor: 'action.hover', borderRadius: 1 },
        '& pre code': { p: 0, bgcolor: 'transparent' },
        '& blockquote': { m: 0, pl: 4, borderLeft: 3, borderColor: 'divider', color: 'text.secondary' },
        '& hr': { border: 0, borderTop: 1, borderColor: 'divider' },
      }}
    >
      <Markdown components={COMPONENTS}>{text}</Markdown>
    </Box>
  );
}

function NotedPicture({ alt }: { readonly alt: string | undefined }) {
  const t = useMessages().preview;
  return <em>{alt ? t.pictureOf(alt) : t.picture}</em>;
}
