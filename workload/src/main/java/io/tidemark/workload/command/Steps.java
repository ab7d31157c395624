package io.tidemark.workload.command;

import io.tidemark.cli.output.Colour;
import io.tidemark.cli.output.Human;
import io.tidemark.cli.output.Terminal;
import io.tidemark.cli.view.LineStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells the steps of something that takes a while, one line each with its duration in front. On a terminal the step under way is drawn in place;
 * elsewhere it is told every ten seconds, so that a slow machine does not look dead. What is logged to {@link System#err} meanwhile stands on lines
 * of its own.
 */
final class Steps implements AutoCloseable {
    private static final Duration PICTURE = Duration.ofMillis(200);
    private static final Duration LINE = Duration.ofSeconds(10);
    private static final String CLEAR_LINE = "\r\u001b[K";
    private static final int TIME_WIDTH = 9;

    private final Terminal terminal;
    private final PrintStream out;
    private final boolean inPlace;
    private final PrintStream errBefore = System.err;
    private @Nullable Step current;
    private @Nullable Consumer<String> through;

    /** Tells on the terminal's standard output, or, when that belongs to a result for programs, plainly on standard error. */
    Steps(Terminal terminal, Target target) {
        this.terminal = terminal;
        this.out = target == Target.OUT ? terminal.out() : terminal.err();
        this.inPlace = target == Target.OUT && terminal.interactive();
        if (inPlace) {
            System.setErr(new PrintStream(new LineStream(this::say), true, StandardCharsets.UTF_8));
        }
    }

    /** Where steps are told. */
    enum Target {
        OUT,
        ERR
    }

    /** From now on something else draws on the terminal and takes the lines that stay; null takes that back. */
    synchronized void sayThrough(@Nullable Consumer<String> other) {
        through = other;
    }

    /** A line that stays. */
    synchronized void say(String line) {
        if (through != null) {
            through.accept(line);
            return;
        }
        clear();
        out.println(line);
        out.flush();
    }

    /** A heading with an empty line before it. */
    void heading(String text) {
        say("");
        say(inPlace ? terminal.paint(Colour.STRONG, text) : text);
    }

    /** Begins a step; the one before is over. */
    synchronized Step begin(String doing) {
        stop();
        Step step = new Step(doing);
        current = step;
        step.thread.start();
        return step;
    }

    /** Forgets the step under way. */
    synchronized void stop() {
        clear();
        current = null;
    }

    @Override
    public void close() {
        stop();
        System.setErr(errBefore);
    }

    private void clear() {
        if (inPlace && current != null) {
            out.print(CLEAR_LINE);
            out.flush();
        }
    }

    /** A step under way. */
    final class Step {
        private final long startNanos = System.nanoTime();
        private final Thread thread = new Thread(this::tick, "demo-step");
        private String doing;
        private long nextNanos = startNanos + (inPlace ? 0 : LINE.toNanos());

        private Step(String doing) {
            this.doing = doing;
            thread.setDaemon(true);
        }

        /** What is being done now. */
        void update(String text) {
            synchronized (Steps.this) {
                doing = text;
            }
        }

        Duration elapsed() {
            return Duration.ofNanos(System.nanoTime() - startNanos);
        }

        /** Ends the step with a line that stays. */
        void done(String what) {
            synchronized (Steps.this) {
                stop();
                say(line(what));
            }
        }

        private String line(String text) {
            return String.format(Locale.ROOT, "%" + TIME_WIDTH + "s  %s", Human.duration(elapsed()), text);
        }

        private void tick() {
            while (tellUnlessOver()) {
                try {
                    Thread.sleep(PICTURE.toMillis());
                } catch (InterruptedException e) {
                    return;
                }
            }
        }

        private boolean tellUnlessOver() {
            synchronized (Steps.this) {
                if (current != this) {
                    return false;
                }
                if (System.nanoTime() - nextNanos >= 0) {
                    String line = line(doing + " ...");
                    if (inPlace) {
                        out.print(CLEAR_LINE + line.substring(0, Math.min(line.length(), terminal.columns() - 1)));
                    } else {
                        out.println(line);
                        nextNanos = System.nanoTime() + LINE.toNanos();
                    }
                    out.flush();
                }
                return true;
            }
        }
    }
}
