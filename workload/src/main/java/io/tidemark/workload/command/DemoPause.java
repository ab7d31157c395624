package io.tidemark.workload.command;

import io.tidemark.cli.output.Terminal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Holds the demo at its view: for a time, or until somebody at the terminal presses Enter or Ctrl-C. */
final class DemoPause {
    private static final Duration LOOK = Duration.ofMillis(50);
    private static final String CURSOR_UP = "\u001b[1A";

    private final Terminal terminal;
    private final StopSignals signals;

    DemoPause(Terminal terminal, StopSignals signals) {
        this.terminal = terminal;
        this.signals = signals;
    }

    /**
     * Returns when it is time to go on.
     *
     * @param duration how long; empty until Enter or Ctrl-C, which then is no reason to stop the demo
     * @param check called again and again; what it throws ends the pause
     */
    void hold(Optional<Duration> duration, Runnable check) throws InterruptedException {
        CountDownLatch over = new CountDownLatch(1);
        long endNanos = System.nanoTime() + duration.orElse(Duration.ZERO).toNanos();
        if (duration.isEmpty()) {
            signals.nextRuns(over::countDown);
        }
        try {
            do {
                signals.check();
                check.run();
                if (duration.isPresent() ? System.nanoTime() - endNanos >= 0 : isEnterPressed()) {
                    return;
                }
            } while (!over.await(LOOK.toMillis(), TimeUnit.MILLISECONDS));
        } finally {
            signals.nextRuns(null);
        }
    }

    /** Reads what was typed, so that the shell does not get it later. */
    private boolean isEnterPressed() {
        boolean enter = false;
        try {
            // Looking first: a read that waits could not be ended.
            while (System.in.available() > 0) {
                int typed = System.in.read();
                enter |= typed == '\n' || typed == '\r';
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (enter) {
            // The terminal has shown the line's end, and the view's place would be one line off.
            terminal.out().print(CURSOR_UP);
            terminal.out().flush();
        }
        return enter;
    }
}
