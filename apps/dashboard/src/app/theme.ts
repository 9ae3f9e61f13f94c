import { createTheme } from '@mui/material/styles';

/** Where the chosen mode is kept; public/theme-init.js reads the same key before the first paint. */
export const THEME_STORAGE_KEY = 'supastor-theme';

const SANS = '"Inter Variable", system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';

const light = {
  primary: { main: '#2457d6', dark: '#1b46b3', contrastText: '#ffffff' },
  success: { main: '#14784a', contrastText: '#ffffff' },
  warning: { main: '#8f5a00', contrastText: '#ffffff' },
  error: { main: '#c0282d', dark: '#9f1f24', contrastText: '#ffffff' },
  info: { main: '#2457d6', contrastText: '#ffffff' },
  background: { default: '#f7f8fa', paper: '#ffffff' },
  divider: '#e3e6ec',
  text: { primary: '#14171f', secondary: '#586071', disabled: '#9aa1ae' },
  action: { hover: 'rgba(20, 23, 31, 0.04)', selected: 'rgba(36, 87, 214, 0.08)', active: '#586071' },
};

const dark = {
  primary: { main: '#8fb2ff', dark: '#a9c3ff', contrastText: '#0a1430' },
  success: { main: '#4cc38a', contrastText: '#04140c' },
  warning: { main: '#e6b450', contrastText: '#1a1200' },
  error: { main: '#ff8f87', dark: '#ffaaa4', contrastText: '#2b0706' },
  info: { main: '#8fb2ff', contrastText: '#0a1430' },
  background: { default: '#0d1015', paper: '#14181f' },
  divider: '#252b36',
  text: { primary: '#e8ebf0', secondary: '#9aa4b5', disabled: '#5c6575' },
  action: { hover: 'rgba(232, 235, 240, 0.05)', selected: 'rgba(143, 178, 255, 0.12)', active: '#9aa4b5' },
};

/** One spacing scale (multiples of 4 px), one type scale (12, 13, 14, 16, 20, 28), one accent. */
export const theme = createTheme({
  cssVariables: { colorSchemeSelector: 'data-color-scheme' },
  colorSchemes: { light: { palette: light }, dark: { palette: dark } },
  spacing: 4,
  shape: { borderRadius: 8 },
  breakpoints: { values: { xs: 0, sm: 600, md: 900, lg: 1200, xl: 1600 } },
  typography: {
    fontFamily: SANS,
    fontSize: 14,
    h1: { fontSize: 20, lineHeight: 1.3, fontWeight: 600, letterSpacing: '-0.01em' },
    h2: { fontSize: 16, lineHeight: 1.4, fontWeight: 600, letterSpacing: '-0.005em' },
    h3: { fontSize: 14, lineHeight: 1.4, fontWeight: 600 },
    body1: { fontSize: 14, lineHeight: 1.5 },
    body2: { fontSize: 13, lineHeight: 1.5 },
    caption: { fontSize: 12, lineHeight: 1.4 },
    button: { fontSize: 13, fontWeight: 550, textTransform: 'none', lineHeight: 1.5 },
  },
  components: {
    MuiButtonBase: {
      defaultProps: { disableRipple: true },
      styleOverrides: {
        root: ({ theme: current }) => ({
          '&.Mui-focusVisible': { outline: `2px solid ${current.vars.palette.primary.main}`, outlineOffset: 2 },
        }),
      },
    },
    MuiButton: {
      defaultProps: { disableElevation: true, size: 'medium' },
      styleOverrides: {
        root: { paddingInline: 14, minHeight: 36, whiteSpace: 'nowrap' },
        outlined: ({ theme: current }) => ({ borderColor: current.vars.palette.divider }),
        startIcon: { '& > *:nth-of-type(1)': { fontSize: 18 } },
      },
      variants: [
        {
          props: { variant: 'outlined', color: 'inherit' },
          style: ({ theme: current }) => ({
            borderColor: current.vars.palette.divider,
            backgroundColor: current.vars.palette.background.paper,
          }),
        },
      ],
    },
    MuiIconButton: { styleOverrides: { root: { borderRadius: 8 } } },
    MuiPaper: { defaultProps: { elevation: 0 }, styleOverrides: { root: { backgroundImage: 'none' } } },
    MuiBackdrop: { styleOverrides: { root: { '&:not(.MuiBackdrop-invisible)': { backgroundColor: 'rgba(10, 14, 22, 0.45)' } } } },
    MuiDialog: {
      styleOverrides: { paper: ({ theme: current }) => ({ border: `1px solid ${current.vars.palette.divider}`, borderRadius: 12 }) },
    },
    MuiDialogTitle: { styleOverrides: { root: { fontSize: 16, fontWeight: 600, paddingBottom: 8 } } },
    MuiDialogActions: { styleOverrides: { root: { padding: '12px 24px 20px' } } },
    MuiMenu: {
      styleOverrides: {
        paper: ({ theme: current }) => ({
          border: `1px solid ${current.vars.palette.divider}`,
          boxShadow: '0 8px 24px rgba(10, 14, 22, 0.16)',
          minWidth: 180,
        }),
      },
    },
    MuiMenuItem: { styleOverrides: { root: { fontSize: 13, minHeight: 36, gap: 10 } } },
    MuiListItemIcon: { styleOverrides: { root: { minWidth: 0 } } },
    MuiTooltip: { defaultProps: { enterDelay: 400 }, styleOverrides: { tooltip: { fontSize: 12 } } },
    MuiTextField: { defaultProps: { size: 'small', fullWidth: true } },
    MuiOutlinedInput: { styleOverrides: { root: ({ theme: current }) => ({ backgroundColor: current.vars.palette.background.paper }) } },
    MuiFormControlLabel: { styleOverrides: { root: { marginLeft: -8 } } },
    MuiFormHelperText: { styleOverrides: { root: { marginInline: 0 } } },
    MuiTableCell: {
      styleOverrides: {
        root: ({ theme: current }) => ({ borderColor: current.vars.palette.divider, fontSize: 13, paddingBlock: 'var(--cell-y)' }),
        head: ({ theme: current }) => ({ color: current.vars.palette.text.secondary, fontSize: 12, fontWeight: 500, paddingBlock: 8 }),
      },
    },
    MuiAlert: { styleOverrides: { root: { borderRadius: 8 } } },
    MuiChip: { styleOverrides: { root: { borderRadius: 6, fontSize: 12, fontWeight: 500 } } },
    MuiSkeleton: { defaultProps: { animation: 'wave' } },
    MuiLinearProgress: { styleOverrides: { root: { borderRadius: 4, height: 4 } } },
  },
});
