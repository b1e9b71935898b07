"""Pages in a real Chromium: JupyterLab, Notebook 7, served apps, exported notebooks."""
