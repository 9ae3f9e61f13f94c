import AppearanceIcon from '@mui/icons-material/ContrastOutlined';
import CheckIcon from '@mui/icons-material/CheckOutlined';
import Divider from '@mui/material/Divider';
import IconButton from '@mui/material/IconButton';
import ListSubheader from '@mui/material/ListSubheader';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import { useColorScheme } from '@mui/material/styles';
import Tooltip from '@mui/material/Tooltip';
import { useState } from 'react';
import { useLanguage, useMessages } from '../messages/locale-provider.tsx';
import { LANGUAGE_CODES, LANGUAGES } from '../messages/messages.ts';
import { DENSITIES, setDensity, useDensity } from './density.ts';

export const MODES = ['light', 'dark', 'system'] as const;

/** How the console looks: colours, density, language. */
export function AppearanceMenu() {
  const t = useMessages().shell.appearance;
  const { mode, setMode } = useColorScheme();
  const density = useDensity();
  const { language, choose } = useLanguage();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  return (
    <>
      <Tooltip title={t.title}>
        <IconButton aria-label={t.title} aria-haspopup="menu" size="small" onClick={(event) => setAnchor(event.currentTarget)}>
          <AppearanceIcon fontSize="small" />
        </IconButton>
      </Tooltip>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
        <Title text={t.theme} />
        {MODES.map((entry) => (
          <Choice key={entry} label={t[entry]} chosen={entry === mode} onChoose={() => setMode(entry)} />
        ))}
        <Divider component="li" role="separator" />
        <Title text={t.density} />
        {DENSITIES.map((entry) => (
          <Choice key={entry} label={t[entry]} chosen={entry === density} onChoose={() => setDensity(entry)} />
        ))}
        <Divider component="li" role="separator" />
        <Title text={t.language} />
        {LANGUAGE_CODES.map((code) => (
          <Choice key={code} label={LANGUAGES[code]} chosen={code === language} onChoose={() => choose(code)} />
        ))}
      </Menu>
    </>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly chosen: boolean;
  readonly onChoose: () => void;
}

function Choice({ label, chosen, onChoose, ...rest }: ChoiceProps) {
  return (
    <MenuItem {...rest} role="menuitemradio" aria-checked={chosen} selected={chosen} onClick={onChoose}>
      {label}
      {chosen && <CheckIcon fontSize="small" color="primary" sx={{ ml: 'auto' }} />}
    </MenuItem>
  );
}

function Title({ text }: { readonly text: string }) {
  return (
    <ListSubheader role="presentation" sx={{ fontSize: 12, lineHeight: '28px', bgcolor: 'transparent' }}>
      {text}
    </ListSubheader>
  );
}
