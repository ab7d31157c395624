package io.tidemark.engine.config;

import io.tidemark.engine.config.TableRule.SchemaChanges;
import io.tidemark.spi.config.Setting;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.slice.SliceFormat;
import io.tidemark.spi.source.RowFilter;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** Declarations of the settings that belong to no plug-in. Validation, help and reference derive from them. */
public final class PipelineSettings {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,39}");
    /** What a column can be wanted to be; a list of YAML in braces splits at commas. */
    static final String COLUMN_TYPES =
            "string, int64 or \"decimal(p,s)\" in quotes, p 1 to 38 and s 0 to p, or another type of types.md that the source allows";

    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;

    static final Setting<String> PIPELINE = new Setting<>(
            "pipeline",
            "name",
            null,
            false,
            false,
            "Name of the pipeline; what it makes in the source (publication, slot) is named after it.",
            PipelineSettings::name);
    static final Setting<String> STATE = Setting.text(
                    "state",
                    "Folder on local disk for catalogs, indexes and scratch files; relative to the configuration file.")
            .withDefault("./.tidemark");

    static final Setting<ColumnType> TYPES = new Setting<>(
            "types",
            "mapping of source type: type",
            null,
            true,
            false,
            "Types of the source to carry as another type in all tables, by the source's name without modifier: string, or what"
                    + " types.md lists; a decimal for numeric counts for columns that declare no precision. A rule's columns go"
                    + " before it. Loaded tables need a resync.",
            PipelineSettings::columnType);
    static final Setting<BadValues> BAD_VALUES = Setting.choice(
            "on-bad-value",
            BadValues.FAIL,
            "What happens to a row with a value that its column's type cannot hold: the table fails (fail), the row is set aside"
                    + " and the table goes on without it (dead-letter; see 'tidemark dead-letters'), or the column is carried as string from then"
                    + " on and the table is loaded again (string).");

    static final Setting<String> TABLE_MAPPINGS = new Setting<>(
            "table-mappings",
            "path",
            null,
            true,
            false,
            "Table mappings of an AWS DMS task (JSON) that select the tables, in place of the list 'tables'; relative to the configuration file.",
            text -> text);

    static final Setting<String> SOURCE_TYPE = Setting.text("type", "Kind of the source.");
    static final Setting<String> LAKE_TYPE =
            Setting.text("type", "Format of the mirror tables.").withDefault("iceberg");
    static final Setting<String> LAKE_LOCATION = Setting.text(
            "location",
            "Root of the lake: a folder, relative to the configuration file, or a URI such as s3://bucket/path.");
    static final Setting<String> METADATA_TYPE =
            Setting.text("type", "Kind of the metadata store.").withDefault("jdbc");

    static final Setting<String> SPARK_TYPE = Setting.text("type", "What starts jobs of tables with engine: spark.")
            .withDefault("spark-submit");

    static final Setting<String> CATALOG_TYPE =
            Setting.text("type", "Kind of the catalog in which mirrors that have none of their own are registered.");

    static final Setting<Duration> INTERVAL = Setting.duration(
            "interval",
            "10s",
            Duration.ofSeconds(1),
            Duration.ofHours(1),
            "A time slice is sealed at the next multiple of this, at a transaction end; 1s to 1h.");
    static final Setting<SliceTime> SLICE_TIME = Setting.choice(
            "by",
            SliceTime.ARRIVAL,
            "What the interval counts by: when events arrive (arrival), or when they happened (event-time), as the source says: a slice"
                    + " then has the events of one interval, in a folder of its name such as 2026-11-20-08-30, and those that came late."
                    + " event-time is for sources with partitions (dynamodb). Can be changed at any time.");
    static final Setting<Long> SLICE_BYTES = Setting.size(
            "max-size",
            "256MiB",
            MIB,
            64 * GIB,
            "A time slice is sealed early when it holds this much; 1MiB to 64GiB.");
    static final Setting<Duration> KEEP = Setting.duration(
            "keep",
            "7d",
            Duration.ofMinutes(1),
            Duration.ofDays(36_500),
            "How long applied slices are kept for history and audit; 1m to 36500d.");
    static final Setting<SliceFormat> SLICE_FORMAT = Setting.choice(
            "format",
            SliceFormat.PARQUET,
            "Format of the files of slices: parquet, or jsonl (a JSON object a line, larger and slower, for who wants to read them"
                    + " without a Parquet library; 'tidemark query' does not show their history). Can be changed at any time; slices that"
                    + " are there stay as they are.");

    static final Setting<Integer> WORKERS =
            Setting.integer("workers", "2", 1, 64, "Tables that are applied at the same time in one process; 1 to 64.");
    static final Setting<Integer> SNAPSHOT_READERS = Setting.integer(
            "snapshot-readers", "2", 1, 64, "Connections that the load of a table reads with; 1 to 64.");
    static final Setting<Long> CHUNK_BYTES = Setting.size(
            "chunk-size",
            "256MiB",
            MIB,
            64 * GIB,
            "About how much of a table one chunk of a load covers: what a restart repeats at most (of a table with a key; one without is read anew); 1MiB to 64GiB.");
    static final Setting<Long> APPLY_BYTES = Setting.size(
            "apply-size",
            "256MiB",
            MIB,
            64 * GIB,
            "About how much of the slice log one commit of a mirror table takes on; 1MiB to 64GiB.");
    static final Setting<Duration> CUT_TIMEOUT = Setting.duration(
            "cut-timeout",
            "60s",
            Duration.ofSeconds(1),
            Duration.ofDays(1),
            "How long a snapshot or comparison waits for the source's running transactions to end; 1s to 1d.");
    static final Setting<Long> RETAINED_BYTES = Setting.size(
            "retained-wal",
            "10GiB",
            64 * MIB,
            1024 * 1024 * GIB,
            "Log that the source may keep for this pipeline; more raises an alarm in 'status', 'check' and the log, and 'on-retained-wal' says what"
                    + " else happens; 64MiB to 1048576GiB.");
    static final Setting<RetainedLogPolicy> ON_RETAINED_WAL = Setting.choice(
            "on-retained-wal",
            RetainedLogPolicy.ALERT,
            "What happens when the source keeps more log than 'retained-wal': alert; pause-snapshot (no load takes up further chunks until it is"
                    + " less); drop-slot (when capture stands still, or it is twice as much, the slot is dropped, so that the source's disk does not fill up, and all tables are brought up again by"
                    + " themselves as soon as the lake can be written).");
    static final Setting<Long> QUERY_BYTES = Setting.size(
            "query-memory", "1GiB", 64 * MIB, 1024 * GIB, "Memory of the local SQL engine; 64MiB to 1024GiB.");
    static final Setting<Long> QUERY_DISK_BYTES = Setting.size(
            "query-disk",
            "50GiB",
            MIB,
            1024 * 1024 * GIB,
            "Local disk, under 'state', for copies of the files that a query or proof reads of a lake in object storage: most that one may need, and most"
                    + " that is kept for the next; 1MiB to 1048576GiB.");
    static final Setting<Integer> DEAD_LETTERS = Setting.integer(
            "dead-letters",
            "10000",
            1,
            1_000_000,
            "Rows of one table that may be set aside as dead letters before the table fails; 1 to 1000000.");

    static final Setting<TablePattern> INCLUDE = pattern("include", "Mirror the tables that match this pattern.");
    static final Setting<TablePattern> EXCLUDE = pattern("exclude", "Leave out the tables that match this pattern.");
    static final Setting<String> PARTITION = new Setting<>(
            "partition",
            "list of partition fields",
            null,
            true,
            false,
            "Partition fields of the mirror, in order: column, year(column), month(column), day(column), hour(column),"
                    + " bucket(16, column) or truncate(10, column). A table that is loaded takes a change of it by 'tidemark resync'.",
            PartitionField::checked);
    static final Setting<DeleteMode> DELETE = Setting.choice(
            "delete",
            DeleteMode.HARD,
            "What a delete does to the mirror: the row goes (hard), or stays with _tidemark_deleted_at set (soft)."
                    + " A table that is loaded takes a change of it by 'tidemark resync'.");
    static final Setting<ApplyEngine> ENGINE = Setting.choice(
            "engine",
            ApplyEngine.LOCAL,
            "What applies slices to the mirror: the worker's own process, with an index of keys on local disk (local), or jobs on Spark,"
                    + " without one (spark; needs the section spark). Can be changed at any time.");
    static final Setting<SnapshotPath> SNAPSHOT = Setting.choice(
            "snapshot",
            SnapshotPath.DIRECT,
            "The way of existing rows into the mirror: who reads a chunk writes it there (direct), or chunks go to the lake's storage and a job"
                    + " on Spark makes the mirror from them (staged; needs engine: spark).");
    static final Setting<SchemaChanges> SCHEMA_CHANGES = Setting.choice(
            "schema-changes",
            SchemaChanges.FOLLOW,
            "What happens when columns or key of the table change in the source: the mirror follows, in place or by loading the table again"
                    + " (follow), or the table fails and waits for 'tidemark resync' (stop).");
    static final Setting<ColumnType> COLUMNS = new Setting<>(
            "columns",
            "mapping of column: type",
            null,
            true,
            false,
            "Columns to carry as another type: string (the source's own text, exact for every value), \"decimal(p,s)\" for"
                    + " numeric, int64 for smaller integers, see types.md; of DynamoDB also boolean, int32, float64, bytes, uuid, date, time,"
                    + " timestamp, timestamp_tz, list<...>, struct<...> and map<string,...>, where the attribute's values are of that form. For one table only. A loaded table needs a resync.",
            PipelineSettings::columnType);
    static final Setting<RowFilter> WHERE = new Setting<>(
            "where",
            "condition",
            null,
            true,
            false,
            "Rows to mirror, as in SQL: comparisons of a column with a literal (=, <>, <, <=, >, >=, in, between, not between, is null, is not"
                    + " null) joined with 'and'; comparisons of one column joined with 'or' in parentheses. A row that an update takes out goes"
                    + " from the mirror. Text compares byte by byte. A loaded table needs a resync.",
            RowFilterParser::parse);
    static final Setting<NamePattern> OMIT = new Setting<>(
            "omit",
            "list of columns",
            null,
            true,
            false,
            "Columns to leave out, * and ? allowed: their values reach neither slices nor mirror. Not columns of the key. A loaded table needs a"
                    + " resync.",
            text -> NamePattern.split(text, 1).get(0));
    static final Setting<String> ADD = new Setting<>(
            "add",
            "mapping of column: content",
            null,
            true,
            false,
            "Columns that the mirror has beside the table's: " + AddedColumnText.KINDS
                    + "; or, as a mapping, the time that a column holds: from (the column), format (epoch-seconds, epoch-millis, iso or a pattern"
                    + " such as yyyy-MM-dd HH:mm:ss; none for dates and timestamps), zone (UTC), as (a pattern such as yyyy, MM, dd, HH for a"
                    + " text; without it, a timestamp). A value that is no time does what on-bad-value says. 'verify' does not compare them. A loaded table needs a resync.",
            text -> text);

    static final Setting<String> LATEST_BY = Setting.text(
                    "latest-by",
                    "Column of the mirror that tells which row of a key is the latest, where the order of changes is not to be trusted: a change with a"
                            + " lower value is dropped, although the source has it, and 'verify' says so. A delete always wins. By default the last change"
                            + " wins, which is what the source holds. A loaded table needs a resync.")
            .asOptional();

    static final Setting<String> TRANSFORM_SCHEMA =
            transformation("schema", "Schemas to transform, by the source's names, * and ? allowed.");
    static final Setting<String> TRANSFORM_TABLE =
            transformation("table", "Tables to transform: schema.table, by the source's names, * and ? allowed.");
    static final Setting<String> TRANSFORM_COLUMN = transformation(
            "column", "Columns to transform: schema.table.column, by the source's names, * and ? allowed.");
    static final Setting<String> RENAME = transformation("rename", "The name in the lake.");
    static final Setting<String> ADD_PREFIX = transformation("add-prefix", "Put this before the name.");
    static final Setting<String> REMOVE_PREFIX =
            transformation("remove-prefix", "Take this from the front of the name, where it stands there.");
    static final Setting<String> REPLACE_PREFIX =
            transformation("replace-prefix", "[old, new]: put new for old at the front of the name.");
    static final Setting<String> ADD_SUFFIX = transformation("add-suffix", "Put this behind the name.");
    static final Setting<String> REMOVE_SUFFIX =
            transformation("remove-suffix", "Take this from the end of the name, where it stands there.");
    static final Setting<String> REPLACE_SUFFIX =
            transformation("replace-suffix", "[old, new]: put new for old at the end of the name.");
    static final Setting<String> CASE = transformation("case", "lower or upper: turn the name into it.");

    static final Setting<BadValues> RULE_BAD_VALUES = Setting.choice(
                    "on-bad-value",
                    BadValues.FAIL,
                    "The same for the tables of this rule; by default as for the pipeline.")
            .asOptional();

    private PipelineSettings() {}

    /** Settings at the top of the file. */
    public static List<Setting<?>> top() {
        return List.of(PIPELINE, STATE, TABLE_MAPPINGS, TYPES, BAD_VALUES);
    }

    /** Settings of the section {@code source} beside the plug-in's own. */
    public static List<Setting<?>> source() {
        return List.of(SOURCE_TYPE);
    }

    /** Settings of the section {@code lake} beside the plug-in's own. */
    public static List<Setting<?>> lake() {
        return List.of(LAKE_TYPE, LAKE_LOCATION);
    }

    /** Settings of the section {@code metadata} beside the plug-in's own. */
    public static List<Setting<?>> metadata() {
        return List.of(METADATA_TYPE);
    }

    /** Settings of the section {@code catalog} beside the catalog's own. */
    public static List<Setting<?>> catalog() {
        return List.of(CATALOG_TYPE);
    }

    /** Settings of the section {@code spark} beside the job runner's own. */
    public static List<Setting<?>> spark() {
        return List.of(SPARK_TYPE);
    }

    public static List<Setting<?>> slices() {
        return List.of(INTERVAL, SLICE_TIME, SLICE_BYTES, KEEP, SLICE_FORMAT);
    }

    public static List<Setting<?>> limits() {
        return List.of(
                WORKERS,
                SNAPSHOT_READERS,
                CHUNK_BYTES,
                APPLY_BYTES,
                CUT_TIMEOUT,
                RETAINED_BYTES,
                ON_RETAINED_WAL,
                QUERY_BYTES,
                QUERY_DISK_BYTES,
                DEAD_LETTERS);
    }

    /** Settings of one rule of the list {@code tables}. */
    public static List<Setting<?>> tableRule() {
        return List.of(
                INCLUDE,
                EXCLUDE,
                PARTITION,
                DELETE,
                ENGINE,
                SNAPSHOT,
                SCHEMA_CHANGES,
                COLUMNS,
                WHERE,
                OMIT,
                ADD,
                LATEST_BY,
                RULE_BAD_VALUES);
    }

    /** Settings of one entry of the list {@code transformations}. */
    public static List<Setting<?>> transformation() {
        return List.of(
                TRANSFORM_SCHEMA,
                TRANSFORM_TABLE,
                TRANSFORM_COLUMN,
                RENAME,
                ADD_PREFIX,
                REMOVE_PREFIX,
                REPLACE_PREFIX,
                ADD_SUFFIX,
                REMOVE_SUFFIX,
                REPLACE_SUFFIX,
                CASE);
    }

    private static Setting<String> transformation(String key, String description) {
        return new Setting<>(key, "text", null, true, false, description, text -> text);
    }

    private static Setting<TablePattern> pattern(String key, String description) {
        return new Setting<>(
                key,
                "table pattern",
                null,
                true,
                false,
                description + " schema.table, where * stands for any characters and ? for one; a part in double quotes"
                        + " is taken as it is.",
                TablePattern::of);
    }

    private static String name(String text) {
        if (!NAME.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "must be lower-case letters, digits and underscores, start with a letter, and have at most 40 characters");
        }
        return text;
    }

    /** The source says which types it allows, where it is known of what type its values are. */
    private static ColumnType columnType(String text) {
        try {
            return ColumnType.parse(text);
        } catch (IllegalArgumentException e) {
            String form = text.startsWith("map<") ? "map<string,T> with a type of types.md as T" : COLUMN_TYPES;
            throw new IllegalArgumentException("must be " + form, e);
        }
    }
}
