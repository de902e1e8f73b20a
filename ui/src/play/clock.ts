/** The one clock that all cameras follow: seconds of the line, running, held or standing. */
export class Clock {
  private base = 0;
  private since = 0;
  private speed = 1;
  private runs = false;
  private isHeld = false;

  constructor(
    private readonly length: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get playing(): boolean {
    return this.runs;
  }

  get rate(): number {
    return this.speed;
  }

  /** Seconds of the line, from 0 to its length. */
  get time(): number {
    const gone = this.runs && !this.isHeld ? ((this.now() - this.since) / 1000) * this.speed : 0;
    return Math.min(Math.max(this.base + gone, 0), this.length);
  }

  get ended(): boolean {
    return this.time >= this.length;
  }

  play(): void {
    if (this.ended) this.base = 0;
    else this.base = this.time;
    this.since = this.now();
    this.runs = true;
  }

  pause(): void {
    this.base = this.time;
    this.runs = false;
  }

  /** Stand still while pictures are on their way; it goes on by itself. */
  hold(held: boolean): void {
    if (held === this.isHeld) return;
    this.base = this.time;
    this.since = this.now();
    this.isHeld = held;
  }

  seek(to: number): void {
    this.base = Math.min(Math.max(to, 0), this.length);
    this.since = this.now();
  }

  setRate(rate: number): void {
    this.base = this.time;
    this.since = this.now();
    this.speed = rate;
  }
}
