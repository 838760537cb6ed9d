"""Names, subjects and file names as people, and as people of ill will, might write them."""

from hypothesis import strategies as st

visible = st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp"), exclude_characters="\ufffe\uffff")

hostile = st.sampled_from(
    [
        "=?utf-8?q?x=0ABcc=3A_y?=", "=?utf-8?b?QQ==?=", "=?", "?=", "Bcc: eve@club.example", "<eve@club.example>", ",", ";",
        ":", '"', "\\", "'", "(", ")", "@", "  ", " ", "\u00a0", "№ 3 (253)", "%0D%0A", "utf-8''x", "../", "--", "e\u0301",
        "Иван Петрович", "𝔘𝔫𝔦", "名", "x" * 80, "я" * 40, "word " * 20,
    ]
)  # fmt: skip

# One line of visible text, often far longer than a line of a header.
lines = st.one_of(
    st.text(visible, min_size=1, max_size=60),
    st.lists(st.one_of(hostile, st.text(visible, max_size=8)), min_size=1, max_size=8).map("".join),
    st.lists(st.text(st.sampled_from("abcxyzABC.,-'"), min_size=1, max_size=12), min_size=1, max_size=20).map(" ".join),
).filter(str.strip)

# The same, where a header cannot tell =? from an encoded word and refuses it.
file_names = lines.filter(lambda name: "=?" not in name)
