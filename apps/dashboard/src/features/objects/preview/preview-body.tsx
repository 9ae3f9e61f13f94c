import type { ObjectEntry } from '@supastor/contract/operations/objects';
import { lazy } from 'react';
import { AudioPreview, ImagePreview, VideoPreview } from './media-preview.tsx';
import type { PreviewKind } from './preview-kind.ts';

const TextPreview = lazy(async () => ({ default: (await import('./text-preview.tsx')).TextPreview }));
const PdfPreview = lazy(async () => ({ default: (await import('./pdf-preview.tsx')).PdfPreview }));
const ArchivePreview = lazy(async () => ({ default: (await import('./archive-preview.tsx')).ArchivePreview }));
const HexPreview = lazy(async () => ({ default: (await import('./hex-preview.tsx')).HexPreview }));

export interface BodyProps {
  /** Signed link to the object. */
  readonly url: string;
  readonly object: ObjectEntry;
}

/** The preview for a kind; each is a chunk of its own. */
export function PreviewBody({ kind, ...props }: BodyProps & { readonly kind: Exclude<PreviewKind, 'none'> }) {
  switch (kind) {
    case 'image':
      return <ImagePreview {...props} />;
    case 'video':
      return <VideoPreview {...props} />;
    case 'audio':
      return <AudioPreview {...props} />;
    case 'pdf':
      return <PdfPreview {...props} />;
    case 'zip':
    case 'tar':
      return <ArchivePreview {...props} format={kind} />;
    case 'hex':
      return <HexPreview {...props} />;
    case 'markdown':
    case 'csv':
    case 'json':
    case 'text':
      return <TextPreview {...props} kind={kind} />;
  }
}
