import Box from '@mui/material/Box';
import { Fragment, type ReactNode } from 'react';
import { useMessages } from '../../../messages/locale-provider.tsx';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { MONO } from '../../../ui/fonts.ts';

interface FactsProps {
  readonly facts: readonly (readonly [string, string])[];
  /** More of them. */
  readonly children?: ReactNode;
}

/** Names and values in two columns. */
export function Facts({ facts, children }: FactsProps) {
  return (
    <Box
      component="dl"
      className="num"
      sx={{ m: 0, display: 'grid', gridTemplateColumns: '112px minmax(0, 1fr)', rowGap: 3, fontSize: 13 }}
    >
      {facts.map(([name, value]) => (
        <Fragment key={name}>
          <FactName>{name}</FactName>
          <Box component="dd" sx={{ m: 0, overflowWrap: 'anywhere' }}>
            {value}
          </Box>
        </Fragment>
      ))}
      {children}
    </Box>
  );
}

/** A value to copy. */
export function CodeFact({ name, value }: { readonly name: string; readonly value: string }) {
  const t = useMessages().details;
  return (
    <>
      <FactName>{name}</FactName>
      <Box component="dd" sx={{ m: 0, display: 'flex', gap: 1, alignItems: 'flex-start' }}>
        <Box component="code" sx={{ fontFamily: MONO, fontSize: 12, lineHeight: 1.6, overflowWrap: 'anywhere', flex: 1 }}>
          {value}
        </Box>
        <Box sx={{ my: -1 }}>
          <CopyButton text={value} label={t.copyFact(name)} />
        </Box>
      </Box>
    </>
  );
}

function FactName({ children }: { readonly children: ReactNode }) {
  return (
    <Box component="dt" sx={{ color: 'text.secondary' }}>
      {children}
    </Box>
  );
}
