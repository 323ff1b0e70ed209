using System.Globalization;

namespace RawWebSocket.Abuse.Running;

/// <summary>
/// A control group of the kernel that limits the memory of the process put into it, as a container does. Of either version; there is no
/// substitute, because what ends a process in a container is the kernel's own count.
/// </summary>
internal sealed class MemoryCage : IDisposable
{
    private const string Root = "/sys/fs/cgroup";
    private const string FirstVersion = Root + "/memory";
    private const string Controllers = Root + "/cgroup.controllers";
    private const string Subtree = Root + "/cgroup.subtree_control";

    private static int _lastNumber;

    private readonly string _folder;
    private readonly bool _isFirstVersion;

    /// <summary>Makes the group.</summary>
    /// <exception cref="InvalidOperationException">This machine does not let it be made; the message says why.</exception>
    public MemoryCage(long bytes)
    {
        _isFirstVersion = Directory.Exists(FirstVersion);
        var name = $"rawwebsocket-abuse-{Environment.ProcessId}-{Interlocked.Increment(ref _lastNumber)}";
        _folder = Path.Combine(_isFirstVersion ? FirstVersion : Root, name);
        try
        {
            if (!_isFirstVersion)
            {
                Enable();
            }

            Directory.CreateDirectory(_folder);
            Limit(bytes);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            Dispose();
            throw new InvalidOperationException(
                $"This scenario needs a memory control group under {Root}, and none can be made here ({exception.Message}). "
                    + "Run it as root, outside of a container.",
                exception);
        }
    }

    /// <summary>The command that puts a shell, and what it becomes, into the group.</summary>
    public string EnterCommand => $"echo $$ > {_folder}/cgroup.procs";

    /// <summary>The most that the group has used, in bytes; what the kernel keeps of files for it is part of that.</summary>
    public long ReadPeak() => ReadNumber(_isFirstVersion ? "memory.max_usage_in_bytes" : "memory.peak");

    /// <summary>How often the kernel has ended a process of the group for want of memory.</summary>
    public long ReadKills()
    {
        var lines = File.ReadLines(Path.Combine(_folder, _isFirstVersion ? "memory.oom_control" : "memory.events"));
        var line = lines.FirstOrDefault(line => line.StartsWith("oom_kill ", StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        if (!Directory.Exists(_folder))
        {
            return;
        }

        try
        {
            // The kernel's own files need not, and cannot, be deleted before.
            Directory.Delete(_folder);
        }
        catch (IOException)
        {
            // Its process has not quite gone; an empty group costs nothing.
        }
    }

    private static void Enable()
    {
        if (!File.Exists(Controllers) || !File.ReadAllText(Controllers).Split().Contains("memory"))
        {
            throw new InvalidOperationException("the kernel offers no memory controller");
        }

        if (!File.ReadAllText(Subtree).Split().Contains("memory"))
        {
            File.WriteAllText(Subtree, "+memory");
        }
    }

    private void Limit(long bytes)
    {
        Write(_isFirstVersion ? "memory.limit_in_bytes" : "memory.max", bytes);

        // Where there is swap, memory that is moved there would hide what the process has used.
        var swap = _isFirstVersion ? "memory.memsw.limit_in_bytes" : "memory.swap.max";
        if (File.Exists(Path.Combine(_folder, swap)))
        {
            Write(swap, _isFirstVersion ? bytes : 0);
        }
    }

    private void Write(string file, long value) =>
        File.WriteAllText(Path.Combine(_folder, file), value.ToString(CultureInfo.InvariantCulture));

    private long ReadNumber(string file) =>
        long.Parse(File.ReadAllText(Path.Combine(_folder, file)), CultureInfo.InvariantCulture);
}
