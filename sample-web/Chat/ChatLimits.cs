namespace SampleWeb.Chat;

/// <summary>What a member may send. Lengths of text are in UTF-16 units, as <c>maxlength</c> counts on a page.</summary>
internal static class ChatLimits
{
    public const int Name = 32;
    public const int Room = 32;
    public const int Text = 2000;
    public const int FileName = 255;
    public const int FileBytes = 512 * 1024;
    public const int FileHeaderBytes = 4096;
    public const int Id = 64;
    public const int MembersOfRoom = 100;
}
