namespace RawWebSocket.Transport.Sockets;

/// <summary>
/// The runtime's switch for running what waits for a socket on the thread that polls it: an environment variable, read once.
/// </summary>
internal static class InlineCompletions
{
    private const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    // As the runtime names the threads that poll its sockets, of which there is none before the first is used.
    private const string PollingThread = ".NET Sockets";

    /// <summary>Switches them on, unless somebody has decided already; false when that was too late to have an effect.</summary>
    public static bool TrySwitchOn()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not null)
        {
            return true;
        }

        if (IsPolling())
        {
            return false;
        }

        Environment.SetEnvironmentVariable(Variable, "1");
        return true;
    }

    // Only Linux lets itself be asked.
    private static bool IsPolling()
    {
        try
        {
            return OperatingSystem.IsLinux()
                && Directory.EnumerateDirectories("/proc/self/task").Any(static thread => IsPolling(Path.Combine(thread, "comm")));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool IsPolling(string commandFile)
    {
        try
        {
            return File.ReadAllText(commandFile).TrimEnd() == PollingThread;
        }
        catch (IOException)
        {
            // The thread has ended since it was listed.
            return false;
        }
    }
}
