"""`python -m ztui.sandbox`: the same command as `ztui sandbox`, found by name because the command line sits above."""

import runpy

if __name__ == "__main__":
    runpy.run_module("ztui.cli.sandbox", run_name="__main__", alter_sys=True)
