namespace RawWebSocket.Abuse.Clients;

/// <summary>What a client that reads still does as it should.</summary>
[Flags]
internal enum Manners
{
    None = 0,
    AnswersPings = 1,
    AnswersClose = 2,
    All = AnswersPings | AnswersClose,
}
