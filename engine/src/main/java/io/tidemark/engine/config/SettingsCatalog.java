package io.tidemark.engine.config;

import io.tidemark.spi.config.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Every setting there is, by section, for help and reference.
 *
 * @param sections sections in the order of the file
 */
public record SettingsCatalog(List<Section> sections) {
    public SettingsCatalog {
        sections = List.copyOf(sections);
    }

    /**
     * A section.
     *
     * @param key its key in the file; empty for the top
     * @param type type of the plug-in whose settings these are; empty for our own
     * @param title for people
     * @param settings settings in the order of declaration
     */
    public record Section(String key, String type, String title, List<Setting<?>> settings) {
        public Section {
            settings = List.copyOf(settings);
        }
    }

    public static SettingsCatalog of(PluginSettings plugins) {
        List<Section> sections = new ArrayList<>();
        sections.add(new Section("", "", "top of the file", PipelineSettings.top()));
        addPlugins(sections, "source", PipelineSettings.source(), plugins.sources());
        addPlugins(sections, "lake", PipelineSettings.lake(), plugins.lakes());
        addPlugins(sections, "spark", PipelineSettings.spark(), plugins.jobRunners());
        addPlugins(sections, "catalog", PipelineSettings.catalog(), plugins.catalogs());
        sections.add(new Section("slices", "", "slices", PipelineSettings.slices()));
        sections.add(new Section("tables", "", "tables (each rule of the list)", PipelineSettings.tableRule()));
        sections.add(new Section(
                "transformations", "", "transformations (each entry of the list)", PipelineSettings.transformation()));
        sections.add(new Section("limits", "", "limits", PipelineSettings.limits()));
        addPlugins(sections, "metadata", PipelineSettings.metadata(), plugins.metastores());
        return new SettingsCatalog(sections);
    }

    private static void addPlugins(
            List<Section> sections, String key, List<Setting<?>> own, Map<String, Supplier<List<Setting<?>>>> plugins) {
        plugins.forEach((type, declared) -> {
            List<Setting<?>> settings = new ArrayList<>(own);
            settings.addAll(declared.get());
            sections.add(new Section(key, type, key + " of type " + type, settings));
        });
    }
}
