using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace RawWebSocket.Conformance.Tests;

/// <summary>Cuts what the server reads at a position that the request asks for, whatever pieces the client wrote it in.</summary>
internal static class CutReads
{
    public const int AfterEveryByte = 0;

    public static string Query(int cut) => string.Create(CultureInfo.InvariantCulture, $"?cut={cut}");

    public static Task IfAskedAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Query["cut"] is [{ } cut])
        {
            var upgrade = context.Features.GetRequiredFeature<IHttpUpgradeFeature>();
            context.Features.Set<IHttpUpgradeFeature>(new CuttingUpgrade(upgrade, int.Parse(cut, CultureInfo.InvariantCulture)));
        }

        return next(context);
    }

    private sealed class CuttingUpgrade(IHttpUpgradeFeature upgrade, int cut) : IHttpUpgradeFeature
    {
        public bool IsUpgradableRequest => upgrade.IsUpgradableRequest;

        public async Task<Stream> UpgradeAsync() => new CuttingStream(await upgrade.UpgradeAsync(), cut);
    }

    private sealed class CuttingStream(Stream inner, int cut) : Stream
    {
        private long _read;

        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var most = cut == AfterEveryByte ? 1 : _read < cut ? cut - _read : int.MaxValue;
            var count = await inner.ReadAsync(buffer[..(int)Math.Min(most, buffer.Length)], cancellationToken);
            _read += count;
            return count;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.WriteAsync(buffer, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override void Flush() => throw new NotSupportedException();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
