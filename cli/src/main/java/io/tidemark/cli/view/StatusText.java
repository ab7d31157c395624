package io.tidemark.cli.view;

import io.tidemark.cli.output.Colour;
import io.tidemark.cli.output.Human;
import io.tidemark.cli.output.Terminal;
import io.tidemark.cli.output.TextTable;
import io.tidemark.engine.capture.CaptureProgress.Partitions;
import io.tidemark.engine.capture.LaggingPartition;
import io.tidemark.engine.report.RoleReport;
import io.tidemark.engine.status.PipelineStatus;
import io.tidemark.engine.status.PipelineStatus.CaptureStatus;
import io.tidemark.engine.status.PipelineStatus.LoadStatus;
import io.tidemark.engine.status.PipelineStatus.TableStatus;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.schema.TableId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** A status as lines for people. Shown again and again by the same object, it also tells speeds. */
public final class StatusText {
    private static final int LAGGING_MAX = 5;

    private final Terminal terminal;
    private final Rates rates = new Rates();

    public StatusText(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Everything, for {@code tidemark status}. */
    public List<String> lines(PipelineStatus status) {
        return lines(status, Integer.MAX_VALUE);
    }

    /**
     * The same with at most this many tables; those that need attention come first then.
     *
     * @param tablesMax how many tables to show
     */
    public List<String> lines(PipelineStatus status, int tablesMax) {
        List<String> lines = new ArrayList<>(summary(status));
        lines.add("");
        if (status.tables().isEmpty()) {
            lines.add("No tables yet: 'tidemark run' takes up those that the configuration selects.");
        } else {
            lines.addAll(tables(status, tablesMax));
        }
        for (TableStatus table : status.tables()) {
            if (!table.code().isEmpty()) {
                lines.add("");
                lines.add(terminal.paint(Colour.BAD, table.table() + " failed:") + " " + table.reason());
                lines.add("  remedy: " + table.remedy());
            }
        }
        for (TableStatus table : status.tables()) {
            if (table.deadLetters() > 0) {
                lines.add("");
                lines.add(terminal.paint(Colour.NOTICE, table.table() + " lacks rows:") + " "
                        + Human.count(table.deadLetters(), "dead letter"));
                lines.add("  remedy: See 'tidemark dead-letters list " + table.table() + "'.");
            }
        }
        lines.addAll(lagging(status));
        for (RoleReport role : status.roleErrors()) {
            lines.add("");
            lines.add(terminal.paint(Colour.BAD, role.role() + " failed and tries again:") + " " + role.reason() + " ("
                    + Human.ago(role.at(), status.at()) + ")");
            lines.add("  remedy: " + role.remedy());
        }
        return lines;
    }

    /** Partitions that cannot be read, or that are far behind; the others go on. */
    private List<String> lagging(PipelineStatus status) {
        List<String> lines = new ArrayList<>();
        List<LaggingPartition> lagging = status.capture()
                .flatMap(CaptureStatus::partitions)
                .map(Partitions::lagging)
                .orElse(List.of());
        for (LaggingPartition partition : lagging.subList(0, Math.min(LAGGING_MAX, lagging.size()))) {
            boolean isFailing = !partition.failure().isEmpty();
            String tables = partition.tables().stream().map(TableId::toString).collect(Collectors.joining(", "));
            lines.add("");
            lines.add(terminal.paint(
                            isFailing ? Colour.BAD : Colour.NOTICE,
                            tables + (isFailing ? " has a partition that cannot be read:" : " has a partition behind:"))
                    + " " + (isFailing ? partition.failure() : "read up to " + Human.time(partition.caughtUpAt())));
            lines.add("  partition: " + partition.partition());
        }
        if (lagging.size() > LAGGING_MAX) {
            lines.add("... and " + Human.count(lagging.size() - LAGGING_MAX, "more partition"));
        }
        return lines;
    }

    /** One line for logs. */
    public String line(PipelineStatus status) {
        StringBuilder line = new StringBuilder("freshness=")
                .append(status.freshness().map(Human::duration).orElse("none"))
                .append(" events=")
                .append(status.tables().stream().mapToLong(TableStatus::events).sum())
                .append(" slice=")
                .append(status.newestSlice().map(slice -> slice.sequence()).orElse(0L));
        long letters =
                status.tables().stream().mapToLong(TableStatus::deadLetters).sum();
        if (letters > 0) {
            line.append(" dead_letters=").append(letters);
        }
        for (TableState state : TableState.values()) {
            long count = status.tables().stream()
                    .filter(table -> table.state() == state)
                    .count();
            if (count > 0) {
                line.append(' ').append(state.label()).append('=').append(count);
            }
        }
        for (TableStatus table : status.tables()) {
            table.load()
                    .ifPresent(load -> line.append(" load.")
                            .append(table.table())
                            .append('=')
                            .append(progress(table, load, status.at())));
        }
        return line.toString();
    }

    private List<String> summary(PipelineStatus status) {
        List<String> lines = new ArrayList<>();
        StringBuilder head = new StringBuilder(terminal.paint(Colour.STRONG, status.pipeline()));
        head.append("   freshness ")
                .append(status.freshness()
                        .map(age -> terminal.paint(Colour.GOOD, Human.duration(age)))
                        .orElse("unknown: no table is being applied"));
        lines.add(head.toString());
        lines.add("capture  " + capture(status));
        status.capture()
                .flatMap(CaptureStatus::partitions)
                .ifPresent(partitions -> lines.add("reading  "
                        + Human.count(partitions.count(), "partition") + " by "
                        + (partitions.processes() == 1 ? "1 process" : partitions.processes() + " processes")));
        status.newestSlice()
                .ifPresentOrElse(
                        slice -> lines.add("slice    " + slice.sequence() + ", " + slice.name() + ", "
                                + Human.count(slice.rows(), "event") + ", " + Human.size(slice.bytes())),
                        () -> lines.add("slice    none sealed yet"));
        status.newestCut()
                .ifPresent(
                        cut -> lines.add("cut      cut:" + cut.slice() + ", all tables as of " + Human.time(cut.at())));
        status.source()
                .ifPresent(source -> lines.add("source   at " + source.current() + ", keeps "
                        + Human.size(source.retainedBytes()) + " of log for this pipeline"
                        + (source.slotExists() ? "" : slotMissing(status))));
        if (!status.sourceError().isEmpty()) {
            lines.add("source   " + terminal.paint(Colour.BAD, "does not answer: ") + status.sourceError());
        }
        return lines;
    }

    /** Before the first capture there is none; after it, changes are being lost. */
    private String slotMissing(PipelineStatus status) {
        return status.newestSlice().isEmpty()
                ? " (no slot yet)"
                : terminal.paint(Colour.BAD, " (the slot is gone: changes are lost)");
    }

    private String capture(PipelineStatus status) {
        return status.capture()
                .map(capture -> {
                    if (!capture.running()) {
                        return terminal.paint(Colour.NOTICE, "not running") + ", last heard of "
                                + Human.ago(capture.reportedAt(), status.at());
                    }
                    OptionalDouble rate = rates.perSecond("capture", status.at(), capture.events());
                    return terminal.paint(Colour.GOOD, "running") + ", "
                            + (rate.isPresent() ? Human.rate(rate.orElseThrow()).replace("/s", " events/s") + ", " : "")
                            + Human.count(capture.openRows(), "event") + " in the open slice";
                })
                .orElse(terminal.paint(Colour.NOTICE, "never ran"));
    }

    private List<String> tables(PipelineStatus status, int tablesMax) {
        List<TableStatus> shown = status.tables();
        int left = Math.max(0, shown.size() - tablesMax);
        if (left > 0) {
            shown = shown.stream()
                    .sorted(Comparator.comparingInt(table -> urgency(table.state())))
                    .limit(tablesMax)
                    .toList();
        }
        boolean setAside = shown.stream().anyMatch(table -> table.deadLetters() > 0);
        boolean loading = shown.stream().anyMatch(table -> table.load().isPresent());
        TextTable text = new TextTable()
                .column("TABLE")
                .column("STATE")
                .number("ROWS")
                .number("EVENTS")
                .number("BEHIND")
                .number("FRESHNESS");
        if (setAside) {
            text.number("SET ASIDE");
        }
        if (loading) {
            text.column("LOAD");
        }
        for (TableStatus table : shown) {
            text.beginRow()
                    .cell(table.table().toString())
                    .cell(table.state().label(), colour(table.state()))
                    .cell(table.rows().map(Human::count).orElse(""))
                    .cell(table.state() == TableState.PENDING ? "" : Human.count(table.events()))
                    .cell(table.state().applies() ? Human.count(table.slicesBehind()) : "")
                    .cell(table.freshness().map(Human::duration).orElse(""));
            if (setAside) {
                text.cell(table.deadLetters() == 0 ? "" : Human.count(table.deadLetters()), Colour.BAD);
            }
            if (loading) {
                text.cell(table.load()
                        .map(load -> progress(table, load, status.at()))
                        .orElse(""));
            }
        }
        List<String> lines = new ArrayList<>(text.lines(terminal));
        if (left > 0) {
            lines.add("... and " + Human.count(left, "more table"));
        }
        return lines;
    }

    private String progress(TableStatus table, LoadStatus load, Instant now) {
        if (load.chunks() == 0) {
            return "planning";
        }
        StringBuilder text = new StringBuilder(Human.percent(load.chunksDone(), load.chunks()));
        text.append(", ").append(Human.count(load.rows(), "row"));
        OptionalDouble recent = rates.perSecond("load " + table.table().quoted(), now, load.rows());
        double seconds = Duration.between(load.startedAt(), now).toMillis() / 1000.0;
        double rate = recent.isPresent() ? recent.orElseThrow() : seconds > 0 ? load.rows() / seconds : 0;
        if (rate > 0) {
            text.append(", ").append(Human.rate(rate));
            long rest = load.estimatedRows() - load.rows();
            if (rest > 0) {
                text.append(", about ")
                        .append(Human.duration(Duration.ofMillis((long) (1000 * rest / rate))))
                        .append(" left");
            }
        }
        return text.toString();
    }

    private static Colour colour(TableState state) {
        return switch (state) {
            case LIVE -> Colour.GOOD;
            case PENDING, LOADING, CATCHING_UP, PAUSED -> Colour.NOTICE;
            case FAILED -> Colour.BAD;
            case DROPPED -> Colour.FAINT;
        };
    }

    private static int urgency(TableState state) {
        return switch (state) {
            case FAILED -> 0;
            case LOADING -> 1;
            case CATCHING_UP -> 2;
            case PAUSED -> 3;
            case PENDING -> 4;
            case LIVE -> 5;
            case DROPPED -> 6;
        };
    }
}
