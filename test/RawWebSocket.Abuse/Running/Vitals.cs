namespace RawWebSocket.Abuse.Running;

/// <summary>What the system says about a process.</summary>
/// <param name="ResidentBytes">Memory that it holds now.</param>
/// <param name="PeakResidentBytes">The most it has ever held.</param>
/// <param name="Handles">Open files and sockets.</param>
/// <param name="Threads">Threads.</param>
internal readonly record struct Vitals(long ResidentBytes, long PeakResidentBytes, int Handles, int Threads);
