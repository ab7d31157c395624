package io.tidemark.cli.view;

import io.tidemark.cli.output.Colour;
import io.tidemark.cli.output.Terminal;
import io.tidemark.engine.status.PipelineStatus;
import io.tidemark.engine.status.PipelineStatus.TableStatus;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Shows a pipeline while it works: a picture drawn in place on a terminal, plain lines elsewhere (one when a table changes its state, and one
 * every ten seconds). What is logged to {@link System#err} meanwhile scrolls above the picture.
 */
public final class LiveView implements AutoCloseable {
    private static final Duration PICTURE = Duration.ofMillis(500);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration LINE = Duration.ofSeconds(10);

    private final Terminal terminal;
    private final Supplier<PipelineStatus> status;
    private final StatusText text;
    private final @Nullable LiveRegion region;
    private final PrintStream errBefore = System.err;
    private final Map<TableId, TableState> states = new HashMap<>();
    private final Thread thread;
    private final CountDownLatch closing = new CountDownLatch(1);
    private long nextLineNanos = System.nanoTime();

    private LiveView(Terminal terminal, Supplier<PipelineStatus> status) {
        this.terminal = terminal;
        this.status = status;
        this.text = new StatusText(terminal);
        this.region = terminal.interactive() ? new LiveRegion(terminal) : null;
        this.thread = new Thread(this::repeat, "live-view");
        thread.setDaemon(true);
    }

    /**
     * Starts showing.
     *
     * @param status asked once or twice a second, from one thread; {@link StatusFeed} makes that cheap
     */
    public static LiveView start(Terminal terminal, Supplier<PipelineStatus> status) {
        LiveView view = new LiveView(terminal, status);
        if (view.region != null) {
            System.setErr(new PrintStream(new LineStream(view::note), true, StandardCharsets.UTF_8));
        }
        view.thread.start();
        return view;
    }

    /** Prints a line that stays. */
    public void note(String line) {
        if (region == null) {
            terminal.out().println(line);
            terminal.out().flush();
        } else {
            region.printAbove(line);
        }
    }

    /** Shows the last picture and stops; the picture stays. */
    @Override
    public void close() {
        // Not by interrupting: that would close a channel which the status happens to be read through.
        closing.countDown();
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        System.setErr(errBefore);
    }

    private void repeat() {
        Duration pause = region == null ? LOOK : PICTURE;
        try {
            do {
                showOnce();
            } while (!closing.await(pause.toMillis(), TimeUnit.MILLISECONDS));
            showOnce();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void showOnce() {
        PipelineStatus now;
        try {
            now = status.get();
        } catch (RuntimeException | LinkageError e) {
            // The pipeline goes on; the next look may succeed.
            String reason = e instanceof TidemarkException known ? known.reason() : e.toString();
            note(terminal.paint(Colour.BAD, "no status:") + " " + reason);
            return;
        }
        if (region != null) {
            List<String> lines = text.lines(now, tablesMax());
            // A picture higher than the screen cannot be drawn in place.
            region.draw(TerminalLines.fit(
                    lines.subList(0, Math.min(lines.size(), Math.max(1, terminal.lines() - 1))), terminal));
            return;
        }
        String time = now.at().truncatedTo(ChronoUnit.SECONDS) + " ";
        changes(now).forEach(line -> note(time + line));
        if (System.nanoTime() - nextLineNanos >= 0) {
            note(time + text.line(now));
            nextLineNanos = System.nanoTime() + LINE.toNanos();
        }
    }

    private int tablesMax() {
        // The summary, headings and the first failure need a dozen lines.
        return Math.max(5, terminal.lines() - 12);
    }

    private List<String> changes(PipelineStatus now) {
        List<String> lines = new ArrayList<>();
        for (TableStatus table : now.tables()) {
            TableState before = states.put(table.table(), table.state());
            if (before != table.state()) {
                lines.add("table=" + table.table() + " state=" + table.state().label()
                        + table.rows().map(rows -> " rows=" + rows).orElse("")
                        + (table.code().isEmpty()
                                ? ""
                                : " code=" + table.code() + " reason=\"" + table.reason() + "\" remedy=\""
                                        + table.remedy() + "\""));
            }
        }
        return lines;
    }
}
