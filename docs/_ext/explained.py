"""Which page explains a known mistake at length, for mistakes that have such a page."""

PITFALL, LABORATORY = "tutorials/pitfalls/", "tutorials/laboratory/"
PAGES = {
    PITFALL + "zero_grad": {"no-zero-grad", "leaf-kept-between-calls"},
    PITFALL + "backward_twice": {"backward-twice"},
    PITFALL + "in_place": {"leaf-overwritten", "changed-behind-autograd"},
    PITFALL + "leaving_the_graph": {
        "graph-cut",
        "item-before-backward",
        "log-probs-cut-off",
        "log-probs-without-a-graph",
        "loss-cut-from-the-network",
        "number-instead-of-tensor",
        "wrapped-in-a-new-leaf",
    },
    PITFALL + "minus_sign": {"gradient-ascent", "minus-sign", "missing-minus"},
    PITFALL + "seeding": {"another-generator", "seeding-inside"},
    LABORATORY + "values": {
        "alias-instead-of-copy",
        "broadcast-targets",
        "broadcast-to-a-square",
        "column-against-row",
        "copy-under-a-local-name",
        "gradient-into-the-target",
        "no-done-mask",
        "no-mask",
    },
    LABORATORY + "policies": {
        "advantages-not-detached",
        "likeliest-instead-of-drawn",
        "softmax-over-the-batch",
    },
}


def pages_about(slug: str) -> list[str]:
    """List the pages that explain a mistake."""
    return [page for page, slugs in PAGES.items() if slug in slugs]
