package io.tidemark.engine.pipeline;

import io.tidemark.engine.config.ChosenTypes;
import io.tidemark.engine.config.PipelineConfig;
import io.tidemark.engine.config.Section;
import io.tidemark.engine.config.SnapshotPath;
import io.tidemark.engine.config.TableRule;
import io.tidemark.engine.deadletter.DeadLetters;
import io.tidemark.engine.lease.Leases;
import io.tidemark.engine.machine.Machine;
import io.tidemark.engine.machine.SteadyClock;
import io.tidemark.engine.metadata.PrefixedMetadataStore;
import io.tidemark.engine.plugin.Plugins;
import io.tidemark.engine.report.RoleReports;
import io.tidemark.engine.signal.Marker;
import io.tidemark.engine.signal.Signals;
import io.tidemark.engine.table.ProgressIndex;
import io.tidemark.engine.table.RegistrationFiles;
import io.tidemark.engine.table.TableRegistry;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.job.JobRunner;
import io.tidemark.spi.lake.Lake;
import io.tidemark.spi.lake.MirrorCatalog;
import io.tidemark.spi.lake.MirrorCatalogProvider;
import io.tidemark.spi.metastore.MetadataStore;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.slice.SliceLog;
import io.tidemark.spi.source.LogSource;
import io.tidemark.spi.source.PartitionedSource;
import io.tidemark.spi.source.SnapshotCut;
import io.tidemark.spi.source.Source;
import io.tidemark.spi.storage.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** The opened parts of one pipeline. Opening connects to nothing but the metadata store and the lake's catalog. */
public final class Pipeline implements AutoCloseable {
    private final PipelineConfig config;
    private final Machine machine;
    private final Clock clock;
    private final Signals signals;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final WantedTables wanted;
    private final Source source;
    private final KnownSource knownSource;
    private final Lake lake;
    private final ObjectStore storage;
    private final MetadataStore metastore;
    private final RoleReports roleReports;
    private final SliceLog sliceLog;
    private final Leases leases;
    private final RegistrationFiles registrations;
    private final TableRegistry registry;
    private final ProgressIndex progress;
    private final DeadLetters deadLetters;
    private final Optional<JobRunner> jobRunner;
    private final Optional<MirrorCatalog> catalog;

    private Pipeline(PipelineConfig config, Plugins plugins, Machine machine, Clock clock) {
        this.config = config;
        this.machine = machine;
        this.clock = new SteadyClock(clock, machine::nanoTime);
        this.signals = new Signals(machine);
        try {
            Files.createDirectories(config.state());
        } catch (IOException e) {
            throw new TidemarkException(
                    ErrorCode.LAKE_NOT_WRITABLE,
                    "Cannot make the state folder: " + e.getMessage() + " (state=" + config.state() + ")",
                    "Give this user write permission on the folder, or set 'state' to another one.",
                    e);
        }
        boolean complete = false;
        try {
            MetadataStore shared = kept(plugins.metastore(config.metadata().type())
                    .open(config.metadata().settings()));
            this.metastore = new PrefixedMetadataStore(shared, "pipelines/" + config.pipeline() + "/");
            this.leases = kept(new Leases(metastore, machine));
            StateFormat.CURRENT.require(metastore, leases);
            this.roleReports = new RoleReports(metastore, this.clock);
            this.source = kept(plugins.source(config.source().type())
                    .open(config.pipeline(), config.source().settings(), scratch("source"), ChosenTypes.of(config)));
            this.knownSource = new KnownSource(source, metastore);
            knownSource.require();
            var lakes = plugins.lake(config.lake().type());
            if (!lakes.loadsStaged()) {
                refuseStaged(config);
            }
            this.storage =
                    kept(lakes.openStorage(config.location(), config.lake().settings()));
            this.lake = kept(lakes.open(config.location(), config.lake().settings(), config.state()));
            this.sliceLog = kept(plugins.sliceLog()
                    .open(
                            config.pipeline(),
                            storage,
                            metastore,
                            clock,
                            config.slices().format()));
            this.registrations = new RegistrationFiles(storage, config.pipeline());
            this.registry = new TableRegistry(metastore, clock, registrations::keep);
            this.wanted = new WantedTables(
                    config,
                    new ChosenTypes(config, plugins.source(config.source().type())::refusal),
                    source,
                    lake);
            this.progress = new ProgressIndex(metastore, clock);
            this.deadLetters = new DeadLetters(
                    metastore,
                    storage,
                    config.pipeline(),
                    clock,
                    config.limits().deadLetters());
            deadLetters.relist();
            this.jobRunner = config.spark()
                    .map(spark -> kept(plugins.jobRunner(spark.type())
                            .open(
                                    spark.settings(),
                                    config.file(),
                                    config.state().resolve("jobs"))));
            this.catalog = config.catalog().map(section -> kept(openCatalog(config, plugins, section)));
            complete = true;
        } finally {
            if (!complete) {
                close();
            }
        }
    }

    private static MirrorCatalog openCatalog(PipelineConfig config, Plugins plugins, Section section) {
        MirrorCatalogProvider provider = plugins.catalog(section.type());
        provider.refusal(config.lake().type(), config.location()).ifPresent(reason -> {
            throw new TidemarkException(
                    ErrorCode.CONFIG_INVALID,
                    "Cannot register mirrors in a catalog of type " + section.type() + ": " + reason,
                    "Take the section catalog out.",
                    null);
        });
        return provider.open(section.settings());
    }

    private static void refuseStaged(PipelineConfig config) {
        for (TableRule rule : config.tables()) {
            if (rule.snapshot() == SnapshotPath.STAGED) {
                throw new TidemarkException(
                        ErrorCode.CONFIG_INVALID,
                        "Cannot stage the snapshot of " + rule.pattern() + ": mirrors in lakes of type "
                                + config.lake().type() + " are loaded by who reads the chunks only",
                        "Take snapshot: staged out of the rule.",
                        null);
            }
        }
    }

    /** Opens the parts that the configuration names. */
    public static Pipeline open(PipelineConfig config, Plugins plugins, Clock clock) {
        return new Pipeline(config, plugins, Machine.local(), clock);
    }

    /** Opens the parts that the configuration names, for a process on this machine. */
    public static Pipeline open(PipelineConfig config, Plugins plugins, Machine machine) {
        return new Pipeline(config, plugins, machine, machine.clock());
    }

    public PipelineConfig config() {
        return config;
    }

    /** What the roles wait and run their threads by. */
    public Machine machine() {
        return machine;
    }

    /** What the configuration wants of the tables. */
    public WantedTables wanted() {
        return wanted;
    }

    public Clock clock() {
        return clock;
    }

    public Signals signals() {
        return signals;
    }

    public Source source() {
        return source;
    }

    /** Which database the source has to be. */
    public KnownSource knownSource() {
        return knownSource;
    }

    /** Whether the source's changes are in order inside partitions only. */
    public boolean isPartitioned() {
        return source instanceof PartitionedSource;
    }

    /**
     * Opens a view of the source's tables, of which everything in the slice log before its cutoff is part. It is exact at the cutoff unless the source
     * is partitioned.
     *
     * @param readers how many chunks can be read at the same time
     */
    public SnapshotCut openCut(int readers) {
        if (source instanceof LogSource log) {
            // Another process may have come to know it, or may have met a promoted standby.
            knownSource.require();
            return log.openCut(readers, config.limits().cutTimeout());
        }
        long sealed = sliceLog.newest().map(slice -> slice.through().value()).orElse(0L);
        return ((PartitionedSource) source).openView(new Position(sealed + 1), readers);
    }

    /** Has the open slice sealed soon, also when nobody writes. Slices of a partitioned source are sealed by the clock. */
    public void askSeal() {
        if (source instanceof LogSource log) {
            log.mark(Marker.SEAL);
        }
    }

    public Lake lake() {
        return lake;
    }

    /** Where mirrors that have no catalog of their own are registered. */
    public Optional<MirrorCatalog> catalog() {
        return catalog;
    }

    /** Drops a mirror, and its entry in the catalog before. */
    public void dropMirror(TableId mirror) {
        catalog.ifPresent(entries -> entries.remove(mirror));
        lake.drop(mirror);
    }

    public ObjectStore storage() {
        return storage;
    }

    public MetadataStore metastore() {
        return metastore;
    }

    /** What fails and is tried again. */
    public RoleReports roleReports() {
        return roleReports;
    }

    public SliceLog sliceLog() {
        return sliceLog;
    }

    public Leases leases() {
        return leases;
    }

    public TableRegistry registry() {
        return registry;
    }

    /** The registry's copies in the lake. */
    public RegistrationFiles registrations() {
        return registrations;
    }

    public ProgressIndex progress() {
        return progress;
    }

    /** Rows that were set aside. */
    public DeadLetters deadLetters() {
        return deadLetters;
    }

    /** What starts jobs on Spark; empty when the configuration does not say. */
    public Optional<JobRunner> jobRunner() {
        return jobRunner;
    }

    /** A folder for files that need not survive a restart. */
    public Path scratch(String use) {
        return config.state().resolve("scratch").resolve(use);
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                org.slf4j.LoggerFactory.getLogger(Pipeline.class)
                        .warn("part not closed cleanly reason={}", e.getMessage());
            }
        }
    }

    private <T extends AutoCloseable> T kept(T part) {
        opened.push(part);
        return part;
    }
}
