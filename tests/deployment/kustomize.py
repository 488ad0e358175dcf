"""The part of kustomize that docker/kubernetes uses, so that its tests need no kubectl."""
from pathlib import Path

import yaml

NAMES = {"apiVersion", "kind", "resources", "images", "configMapGenerator", "generatorOptions"}
GENERATOR = {"name", "behavior", "files"}


class NotUnderstood(Exception):
    """Something that kustomize may know and this file does not."""


def only(mapping, names, where):
    unknown = set(mapping) - names
    if unknown:
        raise NotUnderstood(f"{where}: {', '.join(sorted(unknown))}")


def documents(path):
    return [document for document in yaml.safe_load_all(path.read_text(encoding="utf-8")) if document]


def build(folder):
    """The objects that `kubectl apply -k FOLDER` would make."""
    path = Path(folder) / "kustomization.yaml"
    (kustomization,) = documents(path)
    only(kustomization, NAMES, path)
    if kustomization.get("generatorOptions") != {"disableNameSuffixHash": True}:
        raise NotUnderstood(f"{path}: names with a hash")
    objects = []
    for resource in kustomization.get("resources", []):
        target = Path(folder) / resource
        objects += build(target) if target.is_dir() else documents(target)
    for generator in kustomization.get("configMapGenerator", []):
        only(generator, GENERATOR, path)
        objects = with_config_map(objects, generator, Path(folder))
    for image in kustomization.get("images", []):
        rename_images(objects, image)
    return objects


def with_config_map(objects, generator, folder):
    is_ours = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": generator["name"]}}
    data = {Path(name).name: (folder / name).read_text(encoding="utf-8") for name in generator["files"]}
    others = [object for object in objects if not is_ours.items() <= object.items()]
    behavior = generator.get("behavior", "create")
    if (behavior, len(objects) - len(others)) not in {("create", 0), ("replace", 1)}:
        raise NotUnderstood(f"{folder}: {behavior} of {generator['name']}")
    return [*others, {**is_ours, "data": data}]


def rename_images(objects, image):
    only(image, {"name", "newName", "newTag"}, "images")
    for object in objects:
        for container in object.get("spec", {}).get("template", {}).get("spec", {}).get("containers", []):
            if container["image"] == image["name"]:
                container["image"] = f"{image['newName']}:{image['newTag']}"
