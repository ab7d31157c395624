package io.tidemark.engine.config;

import io.tidemark.engine.plugin.Plugins;
import io.tidemark.spi.config.Setting;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.ColumnType;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Reads the configuration file. Everything that is wrong with it is told in one report, each with its line:
 * {@code tidemark.yaml:12: source.pasword is not a setting; did you mean password?}
 */
public final class ConfigReader {
    private final Path folder;
    private final Problems problems;
    private final SectionReader sections;
    private final PluginSettings plugins;

    private ConfigReader(Path file, PluginSettings plugins, Map<String, String> environment) {
        Path parent = file.getParent();
        this.folder = parent == null ? file : parent;
        this.problems = new Problems(String.valueOf(file.getFileName()));
        this.sections = new SectionReader(problems, new References(folder, environment, plugins.secrets()));
        this.plugins = plugins;
    }

    /**
     * Reads and validates a configuration.
     *
     * @param file the YAML file
     * @param plugins installed plug-ins, whose declarations their sections are held against
     * @param environment environment variables, for references
     * @throws TidemarkException {@code CONFIG_NOT_FOUND} when there is no file, {@code SECRET_NOT_FOUND} when references lead nowhere and nothing
     *     else is wrong, else {@code CONFIG_INVALID} with all problems
     */
    public static PipelineConfig read(Path file, Plugins plugins, Map<String, String> environment) {
        return read(file, PluginSettings.of(plugins), environment);
    }

    static PipelineConfig read(Path file, PluginSettings plugins, Map<String, String> environment) {
        Path absolute = file.toAbsolutePath().normalize();
        return new ConfigReader(absolute, plugins, environment).read(absolute);
    }

    private PipelineConfig read(Path file) {
        YamlMap top = YamlFile.parse(content(file), problems);
        List<String> known = new ArrayList<>(SectionReader.keys(PipelineSettings.top()));
        known.addAll(List.of(
                "source", "lake", "spark", "catalog", "metadata", "slices", "tables", "transformations", "limits"));
        sections.refuseUnknown(top, known);
        Optional<String> pipeline = required(top, PipelineSettings.PIPELINE);
        Optional<Path> state =
                sections.value(top, PipelineSettings.STATE).flatMap(text -> localPath(top, "state", text));
        YamlMap sourceMap = section(top, "source", true);
        YamlMap lakeMap = section(top, "lake", true);
        Optional<String> location =
                required(lakeMap, PipelineSettings.LAKE_LOCATION).flatMap(text -> location(lakeMap, text));
        Section source =
                plugin(sourceMap, PipelineSettings.SOURCE_TYPE, PipelineSettings.source(), plugins.sources(), Map.of());
        Section lake = plugin(lakeMap, PipelineSettings.LAKE_TYPE, PipelineSettings.lake(), plugins.lakes(), Map.of());
        Section metadata = plugin(
                section(top, "metadata", false),
                PipelineSettings.METADATA_TYPE,
                PipelineSettings.metadata(),
                plugins.metastores(),
                Map.of("url", "jdbc:sqlite:" + state.orElse(folder).resolve("metadata.db")));
        Optional<Section> spark = top.has("spark")
                ? Optional.of(plugin(
                        section(top, "spark", false),
                        PipelineSettings.SPARK_TYPE,
                        PipelineSettings.spark(),
                        plugins.jobRunners(),
                        Map.of()))
                : Optional.empty();
        Optional<Section> catalog = top.has("catalog")
                ? Optional.of(plugin(
                        section(top, "catalog", false),
                        PipelineSettings.CATALOG_TYPE,
                        PipelineSettings.catalog(),
                        plugins.catalogs(),
                        Map.of()))
                : Optional.empty();
        YamlMap sliceMap = section(top, "slices", false);
        Settings slices = sections.read(sliceMap, PipelineSettings.slices());
        refuseEventTime(sliceMap, slices.value(PipelineSettings.SLICE_TIME), source.type());
        Settings limits = sections.read(section(top, "limits", false), PipelineSettings.limits());
        List<Transformation> transformations = new ArrayList<>();
        List<TableRule> tables = tables(top, source.type(), transformations);
        top.find("transformations")
                .ifPresent(entry -> transformations.addAll(
                        new TransformationReader(problems, sections).read(entry.line(), entry.node())));
        Map<String, ColumnType> types = types(top, source.type());
        Optional<BadValues> badValues = sections.value(top, PipelineSettings.BAD_VALUES);
        problems.throwIfAny();
        return new PipelineConfig(
                file,
                pipeline.orElseThrow(),
                source,
                lake,
                location.orElseThrow(),
                metadata,
                state.orElseThrow(),
                spark,
                catalog,
                sliceConfig(slices),
                types,
                badValues.orElseThrow(),
                tables,
                transformations,
                limitConfig(limits));
    }

    private void refuseEventTime(YamlMap slices, SliceTime by, String source) {
        String key = PipelineSettings.SLICE_TIME.key();
        if (by == SliceTime.EVENT_TIME) {
            plugins.eventTimeRefusal(source)
                    .ifPresent(reason -> problems.add(slices.lineOf(key), slices.pathTo(key) + " " + reason));
        }
    }

    /** The source's plug-in knows its types, those of users aside. */
    private Map<String, ColumnType> types(YamlMap top, String source) {
        Map<String, ColumnType> types = new LinkedHashMap<>();
        top.find("types").ifPresent(entry -> {
            YamlMap pairs = YamlMap.of("types", entry.line(), entry.node(), problems);
            for (String name : pairs.keys()) {
                int line = pairs.lineOf(name);
                pairs.text(name, PipelineSettings.COLUMN_TYPES, problems)
                        .flatMap(text -> sections.parsed(pairs.pathTo(name), line, PipelineSettings.TYPES, text))
                        .ifPresent(type -> {
                            plugins.refusal(source, name, type)
                                    .ifPresent(reason -> problems.add(line, pairs.pathTo(name) + " " + reason));
                            types.put(name, type);
                        });
            }
        });
        return types;
    }

    private String content(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new TidemarkException(
                    ErrorCode.CONFIG_NOT_FOUND,
                    "Cannot read the configuration: the file does not exist (file=" + file + ")",
                    e);
        } catch (CharacterCodingException e) {
            throw new TidemarkException(
                    ErrorCode.CONFIG_INVALID,
                    "Cannot read the configuration: the file is not UTF-8 text (file=" + file + ")",
                    e);
        } catch (IOException e) {
            throw new TidemarkException(
                    ErrorCode.CONFIG_INVALID,
                    "Cannot read the configuration: the file cannot be read (file=" + file + ", reason="
                            + e.getClass().getSimpleName() + ")",
                    e);
        }
    }

    /** An AWS DMS document can hold transformations too. */
    private List<TableRule> tables(YamlMap top, String source, List<Transformation> transformations) {
        Optional<String> mappings = sections.value(top, PipelineSettings.TABLE_MAPPINGS);
        if (mappings.isPresent()) {
            if (top.has("tables")) {
                problems.add(top.lineOf("tables"), "tables and table-mappings both select tables: keep one of them");
            }
            return dmsMappings(top, mappings.orElseThrow(), transformations);
        }
        return top.find("tables")
                .map(entry -> new TableRuleReader(problems, sections, sparkRefusal(top, source))
                        .read(entry.line(), entry.node()))
                .orElseGet(TableRuleReader::everything);
    }

    private Optional<String> sparkRefusal(YamlMap top, String source) {
        return plugins.remoteRefusal(source)
                .or(() -> top.has("spark")
                        ? Optional.empty()
                        : Optional.of("there is no section spark that says how jobs are started"));
    }

    private List<TableRule> dmsMappings(YamlMap top, String text, List<Transformation> transformations) {
        int line = top.lineOf(PipelineSettings.TABLE_MAPPINGS.key());
        Optional<Path> document = localPath(top, PipelineSettings.TABLE_MAPPINGS.key(), text);
        if (document.isEmpty()) {
            return List.of();
        }
        try {
            DmsMappings mappings = new DmsMappings(problems, line, text);
            List<TableRule> rules = mappings.read(Files.readString(document.orElseThrow()));
            transformations.addAll(mappings.transformations());
            return rules;
        } catch (IOException e) {
            problems.add(
                    line,
                    "table-mappings: " + text + " cannot be read ("
                            + e.getClass().getSimpleName() + ")");
            return List.of();
        }
    }

    private YamlMap section(YamlMap top, String name, boolean required) {
        if (!top.has(name)) {
            if (required) {
                problems.add(1, name + " is missing: the section says where the " + name + " is");
            }
            return YamlMap.absent(name);
        }
        YamlMap.YamlEntry entry = top.find(name).orElseThrow();
        return YamlMap.of(name, entry.line(), entry.node(), problems);
    }

    private <T> Optional<T> required(YamlMap map, Setting<T> setting) {
        // A whole section that is missing is one problem, not one per setting.
        if (!map.has(setting.key()) && !map.isAbsent()) {
            problems.add(
                    map.line(),
                    map.pathTo(setting.key()) + " is missing (" + setting.kind() + "): " + setting.description());
        }
        return sections.value(map, setting);
    }

    private Section plugin(
            YamlMap map,
            Setting<String> type,
            List<Setting<?>> own,
            Map<String, Supplier<List<Setting<?>>>> installed,
            Map<String, String> defaultsOfDefaultType) {
        Optional<String> written = type.isRequired() ? required(map, type) : sections.value(map, type);
        List<Setting<?>> declared =
                written.map(installed::get).map(Supplier::get).orElse(null);
        if (declared == null) {
            written.ifPresent(name -> problems.add(
                    map.lineOf(type.key()),
                    map.pathTo(type.key()) + " names no installed plug-in: " + name
                            + NearestName.of(name, installed.keySet())
                                    .map(near -> "; did you mean " + near + "?")
                                    .orElse("; known: " + String.join(", ", installed.keySet()))));
            return new Section("", new Settings(map.name(), Map.of(), Map.of()));
        }
        if (map.isAbsent() && type.isRequired()) {
            return new Section(written.orElseThrow(), new Settings(map.name(), Map.of(), Map.of()));
        }
        return new Section(
                written.orElseThrow(),
                sections.readPlugin(
                        map,
                        own,
                        declared,
                        written.equals(Optional.ofNullable(type.defaultText())) ? defaultsOfDefaultType : Map.of()));
    }

    private Optional<String> location(YamlMap map, String text) {
        if (text.startsWith("file:")) {
            return localPath(map, "location", text.replaceFirst("^file:(//(?=/))?", ""))
                    .map(Path::toString);
        }
        return text.matches("[A-Za-z][A-Za-z0-9+.-]*://.*")
                ? Optional.of(text.replaceFirst("/+$", ""))
                : localPath(map, "location", text).map(Path::toString);
    }

    private Optional<Path> localPath(YamlMap map, String key, String text) {
        if (text.equals("~") || text.startsWith("~/")) {
            problems.add(
                    map.lineOf(key),
                    map.pathTo(key) + " must be a path without ~: write it in full, or use ${env:HOME}");
            return Optional.empty();
        }
        try {
            return Optional.of(folder.resolve(text).normalize());
        } catch (InvalidPathException e) {
            problems.add(map.lineOf(key), map.pathTo(key) + " is not a path");
            return Optional.empty();
        }
    }

    private static SliceConfig sliceConfig(Settings settings) {
        return new SliceConfig(
                settings.value(PipelineSettings.INTERVAL),
                settings.value(PipelineSettings.SLICE_TIME),
                settings.value(PipelineSettings.SLICE_BYTES),
                settings.value(PipelineSettings.KEEP),
                settings.value(PipelineSettings.SLICE_FORMAT));
    }

    private static LimitConfig limitConfig(Settings settings) {
        return new LimitConfig(
                settings.value(PipelineSettings.WORKERS),
                settings.value(PipelineSettings.SNAPSHOT_READERS),
                settings.value(PipelineSettings.CHUNK_BYTES),
                settings.value(PipelineSettings.APPLY_BYTES),
                settings.value(PipelineSettings.CUT_TIMEOUT),
                settings.value(PipelineSettings.RETAINED_BYTES),
                settings.value(PipelineSettings.ON_RETAINED_WAL),
                settings.value(PipelineSettings.QUERY_BYTES),
                settings.value(PipelineSettings.QUERY_DISK_BYTES),
                settings.value(PipelineSettings.DEAD_LETTERS));
    }
}
