"""The hash of a file, without torch."""

from pathlib import Path

from gan_lab.config.file_hash import sha256


def test_it_is_the_hash_of_the_standard_and_empty_without_a_file(tmp_path: Path) -> None:
    (tmp_path / "abc").write_bytes(b"abc")  # FIPS 180-2, appendix B.1
    known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert (sha256(str(tmp_path / "abc")), sha256(str(tmp_path / "nowhere"))) == (known, "")
