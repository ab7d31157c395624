package io.tidemark.spark;

import io.tidemark.engine.config.PipelineConfig;
import io.tidemark.engine.plugin.Plugins;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.slice.SliceReader;
import java.io.Serializable;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How an executor reaches the slices in the lake's storage.
 *
 * @param type type of the lake
 * @param location its root
 * @param settings its settings
 */
record LakeAccess(String type, String location, Settings settings) implements Serializable {
    /** What this process has open, by the lake's root: storages hold connections, and live as long as it does. */
    private static final Map<String, SliceReader> OPEN = new ConcurrentHashMap<>();

    static LakeAccess of(PipelineConfig config) {
        return new LakeAccess(
                config.lake().type(), config.location(), config.lake().settings());
    }

    SliceReader slices() {
        return OPEN.computeIfAbsent(location, root -> {
            Plugins plugins = new Plugins();
            return plugins.sliceLog().reader(plugins.lake(type).openStorage(root, settings));
        });
    }
}
