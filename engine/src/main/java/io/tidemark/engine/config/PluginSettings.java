package io.tidemark.engine.config;

import io.tidemark.engine.plugin.Plugins;
import io.tidemark.spi.config.Setting;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What the installed plug-ins declare, by their type.
 *
 * @param sources settings of each type of source
 * @param lakes settings of each type of lake
 * @param metastores settings of each type of metadata store
 */
public record PluginSettings(
        Map<String, List<Setting<?>>> sources,
        Map<String, List<Setting<?>>> lakes,
        Map<String, List<Setting<?>>> metastores) {
    public PluginSettings {
        sources = Collections.unmodifiableMap(new TreeMap<>(sources));
        lakes = Collections.unmodifiableMap(new TreeMap<>(lakes));
        metastores = Collections.unmodifiableMap(new TreeMap<>(metastores));
    }

    public static PluginSettings of(Plugins plugins) {
        return new PluginSettings(
                byType(plugins.sourceTypes(), type -> plugins.source(type).settings()),
                byType(plugins.lakeTypes(), type -> plugins.lake(type).settings()),
                byType(plugins.metastoreTypes(), type -> plugins.metastore(type).settings()));
    }

    private static Map<String, List<Setting<?>>> byType(
            List<String> types, Function<String, List<Setting<?>>> settings) {
        Map<String, List<Setting<?>>> byType = new TreeMap<>();
        types.forEach(type -> byType.put(type, settings.apply(type)));
        return byType;
    }
}
