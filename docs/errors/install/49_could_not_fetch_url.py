"""Could not fetch URL

pip did not reach the index: there is no network, or a proxy or virus scanner replaces the
certificate.

recorded: pip/_internal/index/collector.py

Could not fetch URL https://pypi.org/simple/torch/: There was a problem confirming the ssl
certificate: certificate verify failed - skipping
"""

# $ pip install torch

# %%
# $ python -m pip install --upgrade pip certifi
# $ python -m pip install torch --proxy http://user:password@host:port
