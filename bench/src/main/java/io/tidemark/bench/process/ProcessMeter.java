package io.tidemark.bench.process;

import io.tidemark.bench.contest.ProcessUse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Processor time and memory of processes, as Linux tells them in {@code /proc/PID/stat} and {@code /proc/PID/status} (proc(5)).
 */
public final class ProcessMeter {
    /** Of {@code sysconf(_SC_CLK_TCK)}: 100 on every Linux that Java runs on. */
    private static final double TICKS_A_SECOND = 100;

    private static final int UTIME = 11;
    private static final int STIME = 12;
    private static final int CUTIME = 13;
    private static final int CSTIME = 14;
    private static final String PEAK = "VmHWM:";

    private ProcessMeter() {}

    /** What a running process has used so far, without its children. */
    public static ProcessUse use(String name, long pid) throws IOException {
        String[] stat = stat(pid);
        double ticks = Long.parseLong(stat[UTIME]) + Long.parseLong(stat[STIME]);
        return new ProcessUse(name, ticks / TICKS_A_SECOND, peakBytes(pid));
    }

    /** Processor seconds of a process and of all its children, those that have ended included. */
    public static double familyCpuSeconds(long pid) throws IOException {
        while (true) {
            String[] stat = stat(pid);
            double children = ProcessHandle.of(pid).stream()
                    .flatMap(ProcessHandle::children)
                    .mapToDouble(child -> childCpuSeconds(child.pid()))
                    .sum();
            // A child that ends meanwhile would be counted with neither or with both.
            String[] after = stat(pid);
            if (after[CUTIME].equals(stat[CUTIME]) && after[CSTIME].equals(stat[CSTIME])) {
                double ticks = 0;
                for (int field : new int[] {UTIME, STIME, CUTIME, CSTIME}) {
                    ticks += Long.parseLong(stat[field]);
                }
                return ticks / TICKS_A_SECOND + children;
            }
        }
    }

    private static double childCpuSeconds(long pid) {
        try {
            return familyCpuSeconds(pid);
        } catch (IOException e) {
            // It has just ended; its parent counts it from now on.
            return 0;
        }
    }

    /** The fields behind the name, which may hold anything. */
    private static String[] stat(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    }

    private static long peakBytes(long pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
            if (line.startsWith(PEAK)) {
                return Long.parseLong(
                                line.substring(PEAK.length()).replace("kB", "").strip())
                        << 10;
            }
        }
        return 0;
    }
}
