import type { ContainerHealth } from '../container-spec.ts';

const RETRIES = 3;
/** Checks in a row that a server which once answered may miss before its process is ended. */
const HANGS_AFTER = 3;

export interface NodeHealthPaths {
  readonly port: number;
  /** Answers well when requests are wanted. */
  readonly ready: string;
  /** Answers as long as the process is of any use, whatever became of what it depends on. */
  readonly live: string;
}

/**
 * The check of a server whose image has Node. The edge looks every half second by itself, so this one may be rare and cheap. An engine
 * does not restart a container for being unhealthy, so the check ends a process that hangs, and the restart policy starts it anew. One
 * that only lacks its database is left alone: it recovers by itself.
 */
export function nodeHealth(paths: NodeHealthPaths): ContainerHealth {
  return { command: ['node', '-e', script(paths)], intervalMs: 10_000, timeoutMs: 10_000, startPeriodMs: 120_000, retries: RETRIES };
}

/** Children of process 1 are the server; the check itself has its parent outside of the container. */
function script({ port, ready, live }: NodeHealthPaths): string {
  return `const fs=require('fs'),mark='/tmp/.health';
const ask=(path,ms)=>fetch('http://127.0.0.1:${port}'+path,{signal:AbortSignal.timeout(ms)}).then((r)=>r.ok,()=>false);
const missed=()=>{try{return Number(fs.readFileSync(mark,'utf8'))}catch{return -1}};
(async()=>{
if(await ask('${ready}',5000)){if(missed()!==0)fs.writeFileSync(mark,'0');process.exit(0)}
if(missed()>=0){
if(await ask('${live}',3000))fs.writeFileSync(mark,'0');
else{const count=missed()+1;fs.writeFileSync(mark,String(count));
if(count>=${HANGS_AFTER})for(const pid of fs.readdirSync('/proc').filter((name)=>/^[0-9]+$/.test(name)&&name!=='1')){
let parent='';try{parent=fs.readFileSync('/proc/'+pid+'/stat','utf8').replace(/^.*\\) /s,'').split(' ')[1]}catch{}
if(parent==='1'){console.log('the server hangs and is ended');process.kill(Number(pid),'SIGKILL')}}}}
process.exit(1)})()`;
}
