package io.tidemark.spark;

import io.tidemark.engine.config.PipelineConfig;
import io.tidemark.engine.plugin.Plugins;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.storage.ObjectStore;
import java.io.Serializable;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How an executor reaches the lake's storage.
 *
 * @param type type of the lake
 * @param location its root
 * @param settings its settings
 */
record LakeAccess(String type, String location, Settings settings) implements Serializable {
    /** Storages that this process has open: they hold connections, and live as long as it does. */
    private static final Map<String, ObjectStore> OPEN = new ConcurrentHashMap<>();

    static LakeAccess of(PipelineConfig config) {
        return new LakeAccess(
                config.lake().type(), config.location(), config.lake().settings());
    }

    ObjectStore storage() {
        return OPEN.computeIfAbsent(location, root -> new Plugins().lake(type).openStorage(root, settings));
    }
}
