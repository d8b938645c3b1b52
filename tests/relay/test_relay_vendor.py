"""The browser's libraries are the ones that the lock names, byte for byte, each with its licence."""

import hashlib
import io
import pathlib
import tarfile

import pytest

from relay.console import vendor

LICENCES = {"MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0"}
FOR_TESTS = pathlib.Path(__file__).parents[1] / "browser" / "vendor"
FOLDERS = {vendor.VENDOR: LICENCES, FOR_TESTS: LICENCES | {"MPL-2.0"}}  # what only tests use is not shipped


@pytest.mark.parametrize("folder", FOLDERS, ids=["console", "tests"])
def test_every_vendored_file_has_the_locked_hash(folder: pathlib.Path) -> None:
    for package in vendor.lock(folder):
        assert package["licence"] in FOLDERS[folder] and package["version"] and package["why"], package["name"]
        assert package["integrity"].startswith("sha512-"), package["name"]
        for path, entry in package["files"].items():
            assert vendor.sha256((folder / path).read_bytes()) == entry["sha256"], path


@pytest.mark.parametrize("folder", FOLDERS, ids=["console", "tests"])
def test_no_vendored_file_is_without_a_lock_and_none_without_its_licence(folder: pathlib.Path) -> None:
    locked = {path for package in vendor.lock(folder) for path in package["files"]}
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert there - {vendor.LOCK} == locked
    for package in vendor.lock(folder):
        assert any("LICENSE" in path for path in package["files"]), package["name"]


def _archive(tmp_path, content: bytes):
    path = tmp_path / "thing.tgz"
    with tarfile.open(path, "w:gz") as made:
        info = tarfile.TarInfo("package/a.js")
        info.size = len(content)
        made.addfile(info, io.BytesIO(content))
    return path


def test_another_archive_or_another_file_than_the_locked_one_is_refused(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(vendor, "VENDOR", tmp_path / "vendor")
    package = {"name": "thing", "version": "1", "files": {"a.js": {"from": "a.js", "sha256": ""}}}
    archive = _archive(tmp_path, b"good")
    vendor.take(package, archive, is_new=True)
    assert package["files"]["a.js"]["sha256"] == hashlib.sha256(b"good").hexdigest()
    vendor.take(package, archive, is_new=False)
    with pytest.raises(vendor.NotTheLocked, match="another archive"):
        vendor.take(package, _archive(tmp_path, b"evil"), is_new=False)
    archive = _archive(tmp_path, b"good")
    package["files"]["a.js"]["sha256"] = hashlib.sha256(b"other").hexdigest()
    with pytest.raises(vendor.NotTheLocked, match="its content"):
        vendor.take(package | {"integrity": vendor.integrity_of(archive)}, archive, is_new=False)
    assert (tmp_path / "vendor" / "a.js").read_bytes() == b"good"
