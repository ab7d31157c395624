package io.tidemark.slices;

import io.tidemark.spi.slice.SliceManifest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Manifests by checksum, the least recently used given up first. Bounded by the files they list, which is what they weigh. */
final class ManifestCache {
    private static final long FILES_MAX = 10_000;

    private final Map<String, SliceManifest> manifests = new LinkedHashMap<>(64, 0.75f, true);
    private long weight;

    synchronized Optional<SliceManifest> find(String checksum) {
        return Optional.ofNullable(manifests.get(checksum));
    }

    synchronized void add(SliceManifest manifest) {
        if (manifests.put(manifest.checksum(), manifest) == null) {
            weight += weightOf(manifest);
        }
        var eldest = manifests.entrySet().iterator();
        while (weight > FILES_MAX && manifests.size() > 1) {
            weight -= weightOf(eldest.next().getValue());
            eldest.remove();
        }
    }

    private static long weightOf(SliceManifest manifest) {
        return 1L + manifest.files().size();
    }
}
