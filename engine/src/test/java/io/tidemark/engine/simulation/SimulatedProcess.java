package io.tidemark.engine.simulation;

import io.tidemark.engine.machine.Machine;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.locks.Lock;

/** A process on a machine of its own, whose clock may be wrong. */
final class SimulatedProcess implements Machine {
    private static final Instant BEGIN = Instant.parse("2026-11-20T08:31:00Z");

    private final Scheduler scheduler;
    private final String name;
    private final double speed;
    private long clockOffsetNanos;
    private long pausedUntil;
    private boolean dead;

    /** @param speed how fast its clocks run, 1 for right */
    SimulatedProcess(Scheduler scheduler, String name, double speed) {
        this.scheduler = scheduler;
        this.name = name;
        this.speed = speed;
    }

    String name() {
        return name;
    }

    boolean isDead() {
        return dead;
    }

    /** Ends the process: its threads do nothing more. */
    void kill() {
        dead = true;
        scheduler.wakeAll(this);
    }

    long pausedUntil() {
        return dead ? 0 : pausedUntil;
    }

    /** Stops all threads of the process for a while, which they cannot know. */
    void pauseFor(Duration duration) {
        pausedUntil = scheduler.now() + duration.toNanos();
    }

    boolean isPaused() {
        return pausedUntil() > scheduler.now();
    }

    void moveClock(Duration by) {
        clockOffsetNanos += by.toNanos();
    }

    /** The right time. */
    static Instant time(long nanos) {
        return BEGIN.plusNanos(nanos);
    }

    @Override
    public Clock clock() {
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Instant instant() {
                return time(scheduler.now() + clockOffsetNanos);
            }
        };
    }

    @Override
    public long nanoTime() {
        return (long) (scheduler.now() * speed);
    }

    @Override
    public Thread start(String thread, Runnable body) {
        return scheduler.start(this, name + "/" + thread, body);
    }

    @Override
    public void join(Thread thread) {
        scheduler.join(thread);
    }

    @Override
    public void sleep(Duration duration) {
        scheduler.pause(duration.toNanos());
    }

    @Override
    public Lock lock() {
        return scheduler.lock();
    }

    @Override
    public String toString() {
        return name;
    }
}
