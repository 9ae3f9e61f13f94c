import NextIcon from '@mui/icons-material/ChevronRightOutlined';
import PreviousIcon from '@mui/icons-material/ChevronLeftOutlined';
import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { getDocument, GlobalWorkerOptions, type PDFDocumentProxy, type PDFPageProxy } from 'pdfjs-dist';
// oxlint-disable-next-line import/default -- with `?url` Vite exports the address of the file
import workerUrl from 'pdfjs-dist/build/pdf.worker.min.mjs?url';
import { useEffect, useRef, useState } from 'react';
import { useMessages } from '../../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../../ui/error-notice.tsx';
import { baseName } from '../paths.ts';
import type { BodyProps } from './preview-body.tsx';

GlobalWorkerOptions.workerSrc = workerUrl;

/** Sharp enough on dense screens, and no more than a phone can hold. */
const MAX_SCALE = 2;

/** Pages of a PDF drawn on a canvas, one at a time. Scripts and forms in it are not run, and only what is shown is loaded. */
export function PdfPreview({ url, object }: BodyProps) {
  const t = useMessages().preview;
  const [number, setNumber] = useState(1);
  const pdf = usePdf(url);
  if (pdf === 'broken') return <ErrorNotice error={new Error(t.pdfBroken)} />;
  if (pdf === 'loading') return <Skeleton variant="rectangular" height="100%" />;
  const pages = pdf.numPages;
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', minHeight: 0 }}>
      <PdfPage pdf={pdf} number={number} name={baseName(object.path)} />
      <Box sx={{ display: 'flex', alignItems: 'center', px: 2, borderTop: 1, borderColor: 'divider' }}>
        <Typography variant="caption" color="textSecondary" role="status" className="num" sx={{ flex: 1, px: 1 }}>
          {t.pageOf(number, pages)}
        </Typography>
        <IconButton size="small" aria-label={t.pageBefore} disabled={number === 1} onClick={() => setNumber(number - 1)}>
          <PreviousIcon fontSize="small" />
        </IconButton>
        <IconButton size="small" aria-label={t.pageAfter} disabled={number === pages} onClick={() => setNumber(number + 1)}>
          <NextIcon fontSize="small" />
        </IconButton>
      </Box>
    </Box>
  );
}

/** The document, for as long as the caller is there. Each caller has its own: whoever goes first takes its worker along. */
function usePdf(url: string): PDFDocumentProxy | 'loading' | 'broken' {
  const [pdf, setPdf] = useState<PDFDocumentProxy | 'loading' | 'broken'>('loading');
  useEffect(() => {
    let gone = false;
    const task = getDocument({ url, disableAutoFetch: true, disableStream: true, enableXfa: false });
    const show = (next: PDFDocumentProxy | 'broken') => {
      if (!gone) setPdf(next);
    };
    task.promise.then(show, () => show('broken'));
    return () => {
      gone = true;
      void task.destroy();
    };
  }, [url]);
  return pdf;
}

interface PdfPageProps {
  readonly pdf: PDFDocumentProxy;
  readonly number: number;
  readonly name: string;
}

function PdfPage({ pdf, number, name }: PdfPageProps) {
  const t = useMessages().preview;
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    let stop = () => {};
    let stopped = false;
    const draw = async (page: PDFPageProxy): Promise<void> => {
      const target = canvas.current;
      const box = frame.current;
      if (stopped || target === null || box === null) return;
      const natural = page.getViewport({ scale: 1 });
      const fit = Math.min(box.clientWidth / natural.width, Math.max(box.clientHeight / natural.height, 0.5));
      const viewport = page.getViewport({ scale: fit * Math.min(MAX_SCALE, devicePixelRatio || 1) });
      target.width = Math.floor(viewport.width);
      target.height = Math.floor(viewport.height);
      const drawing = page.render({ canvas: target, viewport });
      stop = () => drawing.cancel();
      await drawing.promise;
    };
    // A page that is turned, or a document that is closed, before it is drawn ends with an error that nobody needs.
    void pdf
      .getPage(number)
      .then(draw)
      .catch(() => undefined);
    return () => {
      stopped = true;
      stop();
    };
  }, [pdf, number]);
  return (
    <Box
      ref={frame}
      tabIndex={0}
      role="group"
      aria-label={t.page}
      sx={{ flex: 1, minHeight: 0, overflow: 'auto', display: 'grid', placeItems: 'center' }}
    >
      <Box
        component="canvas"
        ref={canvas}
        role="img"
        aria-label={t.pageOfFile(number, name)}
        sx={{ maxWidth: '100%', maxHeight: '100%', bgcolor: '#fff', boxShadow: '0 1px 4px rgba(10,14,22,0.2)' }}
      />
    </Box>
  );
}
