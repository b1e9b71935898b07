"""The kernel door: models in JupyterLab and Notebook, over Jupyter comms."""
